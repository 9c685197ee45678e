"""Compare measured with true time of scripted learners in Chromium and Firefox: ``make bench-time-accuracy``.

``ONLY`` selects traces by a part of their name (default: all), ``AT_ONCE`` is the number that run in parallel. Traces
in Firefox have its name in theirs.
"""

import asyncio
import os
import sys
from dataclasses import replace

from playwright.async_api import Playwright, async_playwright

from benchmarks.time_accuracy import browsers, report, rules, site
from benchmarks.time_accuracy.learner import Learner
from benchmarks.time_accuracy.report import Measured
from benchmarks.time_accuracy.site import Site, Visitor
from benchmarks.time_accuracy.traces import TRACES, Trace
from tests import firefox

AT_ONCE = int(os.environ.get("AT_ONCE", "4"))
ONLY = os.environ.get("ONLY", "")
SETTLING_SECONDS = 3
"""Seconds to wait for a beacon after the last page is closed."""


def main() -> int:
    traces = [trace for trace in _traces() if ONLY in trace.name]
    if not browsers.has_displays():
        print(browsers.WITHOUT_XVFB)
    with site.running([trace.name for trace in traces]) as running:
        visitors = {visitor.name: visitor for visitor in running.visitors.values()}
        asyncio.run(_play(traces, running, visitors))
        site.roll_up()
        measured = [_measure(trace, visitors[trace.name]) for trace in traces]
    print(*report.lines(measured), sep="\n")
    return 0 if report.is_met(measured) else 1


def _traces() -> list[Trace]:
    """Return the traces in Chromium, then those for Firefox if it is installed and windows can be shown."""
    if firefox.find() is None or not browsers.has_displays():
        print(
            "No Firefox, or no Xvfb for it (Debian: apt-get install firefox-esr xvfb): its traces are left out."
        )
        return TRACES
    return [*TRACES, *(replace(each, name=f"{each.name}, Firefox") for each in TRACES if each.in_firefox)]


async def _play(traces: list[Trace], running: Site, visitors: dict[str, Visitor]) -> None:
    seats = asyncio.Semaphore(AT_ONCE)
    async with async_playwright() as playwright:

        async def sit_down(trace: Trace) -> None:
            async with seats:
                before = os.getloadavg()[0]
                await _play_one(trace, playwright, running, visitors[trace.name])
                load = f"load {before:.2f} before, {os.getloadavg()[0]:.2f} after"
                print(f"{trace.name} ({load})", flush=True)

        await asyncio.gather(*map(sit_down, traces))


async def _play_one(trace: Trace, playwright: Playwright, running: Site, visitor: Visitor) -> None:
    kind = "Firefox" if trace.name.endswith("Firefox") else "Chromium"
    async with browsers.running(playwright, kind) as browser:
        learner = Learner(playwright=playwright, browser=browser, site=running, visitor=visitor)
        await trace.script(learner)
        await asyncio.sleep(SETTLING_SECONDS)


def _measure(trace: Trace, visitor: Visitor) -> Measured:
    return Measured(
        name=trace.name,
        how=trace.how,
        truth=visitor.truth,
        ours=site.active_seconds(visitor),
        canvas=rules.canvas(visitor.page_views),
        moodle=rules.moodle_dedication(visitor.page_views),
        kolibri=rules.kolibri(list(visitor.tabs.values())),
        opened=visitor.opened,
        viewed=site.viewed(visitor),
        allowed=trace.allowed,
    )


if __name__ == "__main__":
    sys.exit(main())
