"""Start browsers as a learner has them: windows on a display, real focus, real hiding, nothing emulated.

Playwright's own launch switches off throttling and the back/forward cache, and makes every page believe that it is in
front. So this module starts the browser, and Playwright connects without its defaults.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from playwright.async_api import BrowserContext, Error, Page, Playwright

from tests import firefox
from tests.firefox import Firefox
from tests.servers import addresses, chromium

WITHOUT_XVFB = (
    "No Xvfb (Debian: apt-get install xvfb): Chromium runs headless, and then no tab is ever hidden. The trace with "
    "another tab in front then shows loss of focus alone."
)
FLAGS = [
    *chromium.FLAGS,
    "--no-default-browser-check",
    "--remote-debugging-port=0",
    "--window-position=0,0",
    "--window-size=640,800",
]
START_SECONDS = 60


class Chromium:
    """A running browser with one profile."""

    def __init__(self, process: asyncio.subprocess.Process, context: BrowserContext) -> None:
        self._process = process
        self.context = context

    def freeze(self) -> None:
        """Stop every process of the browser, as a sleeping laptop does."""
        os.killpg(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Continue the stopped processes."""
        os.killpg(self._process.pid, signal.SIGCONT)

    async def kill_tab(self, page: Page) -> None:
        """Crash the process that runs ``page``."""
        line = await self.context.new_cdp_session(page)
        with suppress(Error, TimeoutError):  # The crashed page cannot answer the call.
            await asyncio.wait_for(line.send("Page.crash"), 2)

    async def new_window(self, page: Page) -> Page:
        """Open another window next to that of ``page``."""
        line = await self.context.new_cdp_session(page)
        options = {
            "url": "about:blank",
            "newWindow": True,
            "left": 640,
            "top": 0,
            "width": 640,
            "height": 800,
        }
        async with self.context.expect_page() as opened:
            await line.send("Target.createTarget", options)
        return await opened.value


def has_displays() -> bool:
    """Return whether windows can be shown."""
    return shutil.which("Xvfb") is not None


@asynccontextmanager
async def running(playwright: Playwright, kind: str = "Chromium") -> AsyncIterator[Chromium | Firefox]:
    """Run Chromium or Firefox on a separate display until the block ends."""
    if kind == "Firefox":
        async with _display() as variables, firefox.running(variables) as browser:
            yield browser
        return
    async with _chromium(playwright) as browser:
        yield browser


@asynccontextmanager
async def _chromium(playwright: Playwright) -> AsyncIterator[Chromium]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        async with _display() as variables:
            path = os.environ.get(addresses.CHROMIUM) or chromium.find_or_install()
            flags = [*FLAGS, f"--user-data-dir={profile}", *([] if variables else ["--headless=new"])]
            # Test machines often run as root, and Chromium refuses its sandbox for root.
            flags += ["--no-sandbox"] if os.geteuid() == 0 else []
            process = await asyncio.create_subprocess_exec(
                path,
                *flags,
                "about:blank",
                env={**os.environ, **variables},
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
            try:
                address = await asyncio.wait_for(_address(process.stderr), START_SECONDS)
                joined = await playwright.chromium.connect_over_cdp(address, no_defaults=True)
                yield Chromium(process, joined.contexts[0])
            finally:
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()


@asynccontextmanager
async def _display() -> AsyncIterator[dict[str, str]]:
    if not has_displays():
        yield {}
        return
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    server = await asyncio.create_subprocess_exec(*command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        number = (await asyncio.to_thread(os.read, reader, 20)).decode().strip()
        yield {"DISPLAY": f":{number}"}
    finally:
        os.close(reader)
        server.terminate()
        await server.wait()


async def _address(output: asyncio.StreamReader | None) -> str:
    while output and (line := await output.readline()):
        if found := re.search(rb"ws://\S+", line):
            # Read later output too: a full pipe would block the browser.
            asyncio.get_running_loop().create_task(_drain(output))
            return found[0].decode()
    raise RuntimeError("Chromium ended before it was ready.")


async def _drain(stream: asyncio.StreamReader) -> None:
    while await stream.read(65536):
        pass
