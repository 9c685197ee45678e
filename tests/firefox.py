"""A real Firefox, driven over WebDriver BiDi, which it speaks by itself: no driver and no download.

Its tabs have the few methods of Playwright's pages that the learners of ``benchmarks.time_accuracy`` use, so the same
scripts drive both. Playwright itself drives only a Firefox of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests import waiting

NAMES = ["firefox-esr", "firefox"]
PAGE_PROCESSES = {"Web Content", "Isolated Web Co"}
"""What the system calls the processes that run pages, cut off as it does."""
START_SECONDS = 60
ANSWER_SECONDS = 60
FOCUS_SECONDS = 5
"""A window has the focus a moment after it was asked to."""

# What asks the network by itself is switched off; what a driver would change about pages is left as a learner has it.
PREFERENCES: Mapping[str, Any] = {
    "app.normandy.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "remote.prefs.recommended": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
}


def find() -> str | None:
    """Return the path of a Firefox, or ``None`` where there is none."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Line:
    """The connection to the browser: commands with their answers, and what pages tell in between."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.told: dict[str, Callable[..., object]] = {}
        self._reader = asyncio.create_task(self._read())

    async def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Give a command and return its result. Raises ``RuntimeError`` where the browser refuses it."""
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._connection.send(json.dumps({"id": number, "method": method, "params": parameters}))
        answer = await asyncio.wait_for(self._waiting[number], ANSWER_SECONDS)
        del self._waiting[number]
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    async def _read(self) -> None:
        try:
            async for text in self._connection:
                message = json.loads(text)
                waiting = self._waiting.get(message.get("id"))
                if waiting and not waiting.done():
                    waiting.set_result(message)
                elif message.get("method") == "script.message":
                    given = message["params"]
                    self.told[given["channel"]](*json.loads(given["data"]["value"]))
        except ConnectionClosed:
            return


class Mouse:
    """The pointer over one tab."""

    def __init__(self, line: Line, key: str) -> None:
        self._line = line
        self._key = key

    async def move(self, x: int, y: int) -> None:
        """Move it there."""
        move = {"type": "pointerMove", "x": x, "y": y}
        await self._line.send(
            "input.performActions",
            context=self._key,
            actions=[{"type": "pointer", "id": "mouse", "actions": [move]}],
        )


class Tab:
    """One tab."""

    def __init__(self, line: Line, key: str) -> None:
        self._line = line
        self.key = key
        self.mouse = Mouse(line, key)

    async def evaluate(self, script: str) -> Any:
        """Return what an expression, or a function without parameters, comes to: a plain value or ``None``.

        ``None`` too in a tab that shows no page yet: after a crash the browser itself runs a new one.
        """
        is_function = script.strip().startswith("() =>")
        try:
            answer = await self._line.send(
                "script.evaluate",
                expression=f"({script.strip()})()" if is_function else script,
                target={"context": self.key},
                awaitPromise=True,
                userActivation=True,
            )
        except RuntimeError as error:
            if "parent process" in str(error):
                return None
            raise
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return answer["result"].get("value")

    async def goto(self, address: str, *, wait_until: str = "load") -> None:
        """Go to ``address``."""
        wait = "interactive" if wait_until == "domcontentloaded" else "complete"
        await self._line.send("browsingContext.navigate", context=self.key, url=address, wait=wait)

    async def go_back(self, *, wait_until: str = "load") -> None:
        """Use the browser's own button."""
        del wait_until  # It answers at once.
        await self._line.send("browsingContext.traverseHistory", context=self.key, delta=-1)

    async def bring_to_front(self) -> None:
        """Put the tab in front of its window, and its window in front."""
        await self._line.send("browsingContext.activate", context=self.key)
        await self.wait_for_focus()

    async def wait_for_focus(self) -> None:
        """Wait until the page has the focus."""
        await waiting.until_async(lambda: self.evaluate("document.hasFocus()"), seconds=FOCUS_SECONDS)

    async def close(self) -> None:
        """Close it, as a learner does."""
        await self._line.send("browsingContext.close", context=self.key)


class Profile:
    """What all tabs share."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.pages: list[Tab] = []

    async def new_page(self, *, is_window: bool = False) -> Tab:
        """Open a tab in front, or a window."""
        made = await self._line.send("browsingContext.create", type="window" if is_window else "tab")
        self.pages.append(Tab(self._line, made["context"]))
        await self.pages[-1].wait_for_focus()
        return self.pages[-1]

    async def add_cookies(self, cookies: Sequence[Mapping[str, str]]) -> None:
        """Keep cookies, each with the address that it is for."""
        for cookie in cookies:
            given = {
                "name": cookie["name"],
                "value": {"type": "string", "value": cookie["value"]},
                "domain": urlsplit(cookie["url"]).hostname,
            }
            await self._line.send("storage.setCookie", cookie=given)

    async def expose_function(self, name: str, act: Callable[..., object]) -> None:
        """Let pages call ``act`` as ``window[name]``."""
        self._line.told[name] = act
        await self._line.send("session.subscribe", events=["script.message"])
        await self._line.send(
            "script.addPreloadScript",
            functionDeclaration=f"(tell) => {{ window.{name} = (...all) => tell(JSON.stringify(all)); }}",
            arguments=[{"type": "channel", "value": {"channel": name}}],
        )

    async def add_init_script(self, script: str) -> None:
        """Run ``script`` in each page before its own."""
        await self._line.send("script.addPreloadScript", functionDeclaration=f"() => {{ {script} }}")

    async def set_offline(self, is_offline: bool) -> None:
        """Take the network away from every tab, or give it back."""
        await self._line.send(
            "emulation.setNetworkConditions",
            contexts=[page.key for page in self.pages],
            networkConditions={"type": "offline"} if is_offline else None,
        )


class Firefox:
    """A running browser with one profile."""

    def __init__(self, process: asyncio.subprocess.Process, context: Profile) -> None:
        self._process = process
        self.context = context

    def freeze(self) -> None:
        """Stop every process of it, as a laptop that falls asleep does."""
        os.killpg(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let them go on."""
        os.killpg(self._process.pid, signal.SIGCONT)

    async def kill_tab(self, page: Tab) -> None:
        """Kill every process that runs pages. Raises ``RuntimeError`` where there is none."""
        del page  # Which of them runs it is not told.
        found = [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if self._runs_pages(folder)]
        if not found:
            raise RuntimeError("No process of Firefox runs pages.")
        for number in found:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)

    def _runs_pages(self, process: Path) -> bool:
        try:
            name = (process / "comm").read_text().strip()
            return name in PAGE_PROCESSES and os.getpgid(int(process.name)) == self._process.pid
        except OSError:
            return False

    async def new_window(self, page: Tab) -> Tab:
        """Open a window beside that of ``page``."""
        del page
        return await self.context.new_page(is_window=True)


@asynccontextmanager
async def running(display: Mapping[str, str]) -> AsyncIterator[Firefox]:
    """Run a browser on ``display``, the variables that name one, until the block ends; headless where there is none."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        lines = (
            f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()
        )
        Path(folder, "user.js").write_text("\n".join(lines), encoding="utf-8")
        process = await asyncio.create_subprocess_exec(
            find() or NAMES[0],
            *["--no-remote", "--profile", folder, "--remote-debugging-port", "0"],
            *([] if display else ["--headless"]),
            "about:blank",
            env={**os.environ, **display, "HOME": folder, "MOZ_CRASHREPORTER_DISABLE": "1"},
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            address = await asyncio.wait_for(_address(process.stderr), START_SECONDS)
            async with connect(f"{address}/session", max_size=None, ping_interval=None) as connection:
                yield Firefox(process, await _begin(Line(connection)))
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def _begin(line: Line) -> Profile:
    await line.send("session.new", capabilities={})
    tree = await line.send("browsingContext.getTree")
    profile = Profile(line)
    # Without a window manager the window that it starts with never gets the focus; others do.
    await profile.new_page(is_window=True)
    await line.send("browsingContext.close", context=tree["contexts"][0]["context"])
    return profile


async def _address(output: asyncio.StreamReader | None) -> str:
    while output and (line := await output.readline()):
        if found := re.search(rb"ws://\S+", line):
            # Whatever it says later must not fill the pipe and block it.
            asyncio.get_running_loop().create_task(_drain(output))
            return found[0].decode()
    raise RuntimeError("Firefox ended before it was ready.")


async def _drain(stream: asyncio.StreamReader) -> None:
    while await stream.read(65536):
        pass
