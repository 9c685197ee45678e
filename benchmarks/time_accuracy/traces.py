"""The scripts of the learners. Each records its true presence by the rules in ``docs/time-measurement.md``."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import timedelta

from playwright.async_api import Page

from benchmarks.time_accuracy import report, site
from benchmarks.time_accuracy.learner import IDLE_SECONDS, Learner, Script

BEAT_SECONDS = 15.0
LONG_MINUTES = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One script of a learner."""

    name: str
    script: Script
    how: str = "real"
    allowed: float = report.ALLOWED_SECONDS
    in_firefox: bool = True
    """Whether Firefox can run it too: its clock cannot be moved."""


async def long_read(learner: Learner) -> None:
    """Read one page for 25 minutes, moving the mouse every 20 s; the clocks of browser and server are moved."""
    visitor = learner.visitor
    began = time.time() - LONG_MINUTES * 60
    visitor.ahead = timedelta(seconds=began - time.time())
    # Install the clock before the page sets a timer.
    await learner.browser.context.clock.install(time=began)
    page = await learner.arrive()
    await learner.go(page, learner.site.lessons[0])
    seen_at: float = await page.evaluate("Date.now() / 1000")
    await page.clock.pause_at(seen_at + 1)
    for step in range(LONG_MINUTES * 12):
        # Short steps keep the two clocks close: the server clamps what the browser reports by its own clock.
        await page.clock.run_for(5000)
        visitor.ahead = timedelta(seconds=await page.evaluate("Date.now() / 1000") - time.time())
        if step % 4 == 0:
            await page.mouse.move(100 + step % 100, 300)
    left_at: float = await page.evaluate("Date.now() / 1000")
    await learner.leave(page)
    learner.was_there(seen_at, left_at)


async def idle_in_sight(learner: Learner) -> None:
    """Read, walk away with the page open, come back and continue."""
    page = await learner.arrive()
    seen_at = await learner.open(page, learner.site.lessons[0])
    await learner.read(page, 15)
    walked_off = learner.last_input
    await asyncio.sleep(IDLE_SECONDS + 20)
    back_at = time.time()
    left_at = await learner.read(page, 15)
    await learner.leave(page)
    learner.was_there(seen_at, walked_off + IDLE_SECONDS)
    learner.was_there(back_at, left_at)


async def another_tab(learner: Learner) -> None:
    """Read, look at another tab of the same window, come back."""
    page = await learner.arrive()
    seen_at = await learner.open(page, learner.site.lessons[0])
    away_at = await learner.read(page, 20)
    other = await learner.browser.context.new_page()
    await asyncio.sleep(40)
    back_at = time.time()
    await page.bring_to_front()
    left_at = await learner.read(page, 20)
    await page.close()
    await other.bring_to_front()
    learner.was_there(seen_at, away_at)
    learner.was_there(back_at, left_at)


async def film_without_input(learner: Learner) -> None:
    """Start a video at half speed and watch without input for longer than the idle limit."""
    page = await learner.arrive()
    seen_at = await learner.open(page, learner.site.film)
    await learner.read(page, 5)
    await page.evaluate("v = document.querySelector('video'), v.playbackRate = 0.5, v.play()")
    await asyncio.sleep(IDLE_SECONDS + 25)
    if await page.evaluate("v.paused"):
        raise RuntimeError("The video ended before the trace did.")
    left_at = time.time()
    await learner.leave(page)
    learner.was_there(seen_at, left_at)


async def two_windows(learner: Learner) -> None:
    """Compare two lessons in adjacent windows, switching between them."""
    left = await learner.arrive()
    seen_at = await learner.open(left, learner.site.lessons[0])
    right = await learner.browser.new_window(left)
    await learner.open(right, learner.site.lessons[1])
    for page in (left, right) * 4:
        await page.bring_to_front()
        left_at = await learner.read(page, 8)
    await asyncio.gather(learner.leave(left), learner.leave(right))
    learner.was_there(seen_at, left_at)


async def skimming(learner: Learner) -> None:
    """Click through twenty pages, three seconds each."""
    page = await learner.arrive()
    paths = [*learner.site.lessons, *learner.site.lessons][:20]
    seen_at = await learner.open(page, paths[0])
    await learner.read(page, 3)
    for path in paths[1:]:
        await learner.open(page, path)
        left_at = await learner.read(page, 3)
    await learner.leave(page)
    learner.was_there(seen_at, left_at)


async def sleeping(learner: Learner) -> None:
    """Close the laptop for 90 seconds while a lesson is open."""
    page = await learner.arrive()
    seen_at = await learner.open(page, learner.site.lessons[0])
    asleep_at = await learner.read(page, 25)
    learner.browser.freeze()
    await asyncio.sleep(90)
    learner.browser.thaw()
    awake_at = time.time()
    left_at = await learner.read(page, 25)
    await learner.leave(page)
    learner.was_there(seen_at, asleep_at)
    learner.was_there(awake_at, left_at)


async def no_network(learner: Learner) -> None:
    """Read with no network during the middle third."""
    page = await learner.arrive()
    seen_at = await learner.open(page, learner.site.lessons[0])
    for is_offline in (False, True, False):
        await learner.browser.context.set_offline(is_offline)
        left_at = await learner.read(page, 30)
    await learner.leave(page)
    learner.was_there(seen_at, left_at)


async def failing_server(learner: Learner) -> None:
    """Read while the server answers the first three batches with 503."""
    page = await learner.arrive()
    learner.visitor.failures_left = 3
    seen_at = await learner.open(page, learner.site.lessons[0])
    left_at = await learner.read(page, 60)
    await learner.leave(page)
    if learner.visitor.failures_left:
        raise RuntimeError("The server never failed three times.")
    learner.was_there(seen_at, left_at)


async def killed_and_reloaded(learner: Learner) -> None:
    """Crash the tab between two reports, and open the lesson again."""
    page = await _crash(learner)
    seen_at = await learner.open(page, learner.site.lessons[0])
    left_at = await learner.read(page, 20)
    await learner.leave(page)
    learner.was_there(seen_at, left_at)


async def killed_for_good(learner: Learner) -> None:
    """Crash the tab between two reports, and never come back."""
    await _crash(learner)


async def back_and_forth(learner: Learner) -> None:
    """Go to another page and back with the back button, which restores the old page from the back/forward cache."""
    page = await learner.arrive()
    seen_at = await learner.open(page, learner.site.lessons[0])
    away_at = await learner.read(page, 20)
    await learner.leave(page)
    await asyncio.sleep(20)
    learner.visitor.opened.append(learner.visitor.opened[0])
    back_at = time.time()
    await page.go_back(wait_until="commit")
    left_at = await learner.read(page, 20)
    await learner.leave(page)
    learner.was_there(seen_at, away_at)
    learner.was_there(back_at, left_at)


async def session_rotated(learner: Learner) -> None:
    """Read while the session key changes, as it does when the learner logs in again in another tab."""
    page = await learner.arrive()
    seen_at = await learner.open(page, learner.site.lessons[0])
    await learner.read(page, 20)
    session = await asyncio.to_thread(site.rotate_session, learner.visitor, learner.site.visitors)
    await learner.log_in(session)
    left_at = await learner.read(page, 20)
    await learner.leave(page)
    learner.was_there(seen_at, left_at)


TRACES = [
    Trace(name="long read of one page", script=long_read, how="moved clock", in_firefox=False),
    Trace(name="idle with the tab visible", script=idle_in_sight),
    Trace(name="other tab in front", script=another_tab),
    Trace(name="video without input", script=film_without_input),
    Trace(name="two windows side by side", script=two_windows),
    Trace(name="skimming 20 pages", script=skimming),
    Trace(name="laptop sleep", script=sleeping, how="real, browser stopped"),
    Trace(name="network gone for a third", script=no_network),
    Trace(name="server answers 503 three times", script=failing_server),
    Trace(name="tab killed, lesson reopened", script=killed_and_reloaded),
    Trace(name="tab killed for good", script=killed_for_good, allowed=BEAT_SECONDS),
    Trace(name="back with the browser's button", script=back_and_forth),
    Trace(name="session gets another key", script=session_rotated),
]


async def _crash(learner: Learner) -> Page:
    """Read for almost two reports, crash the tab, and return another one."""
    page = await learner.arrive()
    seen_at = await learner.open(page, learner.site.lessons[0])
    killed_at = await learner.read(page, 2 * BEAT_SECONDS - 3)
    # Open the other tab afterwards: before, it would hide this one, which would then report its time regularly.
    await learner.browser.kill_tab(page)
    learner.was_there(seen_at, killed_at)
    other: Page = await learner.browser.context.new_page()
    return other
