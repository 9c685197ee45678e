"""A scripted learner: opens lessons, reads, looks away, and records the true time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page, Playwright

from benchmarks.time_accuracy.rules import Tick
from benchmarks.time_accuracy.site import COOKIE, Site, Visitor

IDLE_SECONDS = 60.0
INPUT_EVERY = 4.0
# What Kolibri's timer sees. Each tick is reported at once, because a killed page can report nothing later.
TICKER = """
(() => {
  if (!location.pathname.includes("/lesson/")) return;
  const tab = crypto.randomUUID();
  const report = () => window.reportTick?.(tab, Date.now() / 1000, !document.hidden);
  report();
  setInterval(report, 5000);
  window.reportLastTick = report;
})();
"""
PAINTED = """
() => new Promise((resolve) => {
  const check = () => {
    const [paint] = performance.getEntriesByType("paint");
    paint ? resolve((performance.timeOrigin + paint.startTime) / 1000) : requestAnimationFrame(check);
  };
  check();
})
"""


@dataclass(kw_only=True)
class Learner:
    """One learner with one browser."""

    playwright: Playwright
    browser: Any
    """Chromium or Firefox. Its pages have the Playwright methods that are used here."""
    site: Site
    visitor: Visitor
    last_input: float = 0.0

    async def arrive(self) -> Page:
        """Log in, and return the first tab of the browser."""
        context = self.browser.context
        await self.log_in(self.visitor.session)
        await context.expose_function("reportTick", self._record_tick)
        await context.add_init_script(TICKER)
        page: Page = context.pages[0]
        # A window that opens on a display without a window manager has no focus yet.
        await page.bring_to_front()
        return page

    async def log_in(self, session: str) -> None:
        """Set the session cookie of the browser to ``session``."""
        cookie: Any = {"name": COOKIE, "value": session, "url": self.site.address}
        await self.browser.context.add_cookies([cookie])

    async def open(self, page: Page, path: str) -> float:
        """Go to a lesson and return the time of its first paint, in epoch seconds."""
        await self.go(page, path)
        seen_at: float = await page.evaluate(PAINTED)
        self.last_input = seen_at
        return seen_at

    async def go(self, page: Page, path: str) -> None:
        """Go to a lesson."""
        self.visitor.opened.append(self.site.units[path])
        await self._report_last_tick(page)
        await page.goto(self.site.address + path, wait_until="domcontentloaded")

    async def read(self, page: Page, seconds: float) -> float:
        """Read for ``seconds`` while moving the mouse, and return the time."""
        end = time.time() + seconds
        while (left := end - time.time()) > 0:
            await self.move(page)
            await asyncio.sleep(min(left, INPUT_EVERY))
        return time.time()

    async def move(self, page: Page) -> None:
        """Move the mouse a little."""
        x = 100 + int(time.time() * 10) % 100
        self.last_input = time.time()
        await page.mouse.move(x, 300)

    async def leave(self, page: Page) -> None:
        """Go from the lesson to a page that is not tracked."""
        await self._report_last_tick(page)
        await page.goto(self.site.address + "/", wait_until="domcontentloaded")

    def was_there(self, start: float, end: float) -> None:
        """Record that the learner was present from ``start`` to ``end``, in epoch seconds."""
        self.visitor.spans.append((start, end))

    async def _report_last_tick(self, page: Page) -> None:
        # Report before the navigation: during it, the page can no longer call this process.
        await page.evaluate("window.reportLastTick?.()")

    def _record_tick(self, tab: str, at: float, is_visible: bool) -> None:  # noqa: FBT001  # called by the page
        self.visitor.tabs.setdefault(tab, []).append(Tick(at, is_visible))


Script = Callable[[Learner], Awaitable[None]]
