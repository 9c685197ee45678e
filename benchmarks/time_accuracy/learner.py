"""A scripted learner: opens lessons, reads, looks away, and notes the truth about it."""

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
# What Kolibri's timer would see; told at once, because a page that is killed can tell nothing later.
TICKER = """
(() => {
  if (!location.pathname.includes("/lesson/")) return;
  const tab = crypto.randomUUID();
  const tell = () => window.toldOfTick?.(tab, Date.now() / 1000, !document.hidden);
  tell();
  setInterval(tell, 5000);
  window.tellOfLastTick = tell;
})();
"""
PAINTED = """
() => new Promise((tell) => {
  const look = () => {
    const [paint] = performance.getEntriesByType("paint");
    paint ? tell((performance.timeOrigin + paint.startTime) / 1000) : requestAnimationFrame(look);
  };
  look();
})
"""


@dataclass(kw_only=True)
class Learner:
    """One learner at one browser."""

    playwright: Playwright
    browser: Any
    """A Chromium or a Firefox; its pages have the methods of Playwright's that are used here."""
    site: Site
    visitor: Visitor
    last_input: float = 0.0

    async def arrive(self) -> Page:
        """Log in, and return the tab that the browser began with."""
        context = self.browser.context
        await self.log_in(self.visitor.session)
        await context.expose_function("toldOfTick", self._note_tick)
        await context.add_init_script(TICKER)
        page: Page = context.pages[0]
        # A window that opens on a display without a window manager has no focus yet.
        await page.bring_to_front()
        return page

    async def log_in(self, session: str) -> None:
        """Let the browser hold ``session``."""
        cookie: Any = {"name": COOKIE, "value": session, "url": self.site.address}
        await self.browser.context.add_cookies([cookie])

    async def open(self, page: Page, path: str) -> float:
        """Go to a lesson and return when it could be seen, in epoch seconds."""
        await self.go(page, path)
        seen_at: float = await page.evaluate(PAINTED)
        self.last_input = seen_at
        return seen_at

    async def go(self, page: Page, path: str) -> None:
        """Go to a lesson."""
        self.visitor.opened.append(self.site.units[path])
        await self._tell_of_last_tick(page)
        await page.goto(self.site.address + path, wait_until="domcontentloaded")

    async def read(self, page: Page, seconds: float) -> float:
        """Read for ``seconds`` with the hand on the mouse, and return the time."""
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
        """Go from the lesson to a page where nothing is measured."""
        await self._tell_of_last_tick(page)
        await page.goto(self.site.address + "/", wait_until="domcontentloaded")

    def was_there(self, start: float, end: float) -> None:
        """Note that the learner was there from ``start`` to ``end``, in epoch seconds."""
        self.visitor.spans.append((start, end))

    async def _tell_of_last_tick(self, page: Page) -> None:
        # A page that is going away is too late to tell.
        await page.evaluate("window.tellOfLastTick?.()")

    def _note_tick(self, tab: str, at: float, is_visible: bool) -> None:  # noqa: FBT001  # called by the page
        self.visitor.tabs.setdefault(tab, []).append(Tick(at, is_visible))


Script = Callable[[Learner], Awaitable[None]]
