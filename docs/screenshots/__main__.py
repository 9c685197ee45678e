"""Pictures of every page in every mode on one contact sheet: ``make screenshots`` (``ONLY=class`` for some of it).

They are taken from a demo of its own, started for that, and go to ``var/screenshots``; the few that the documents show
go to ``docs/images``. It fails, naming page and mode, where a page is not as it should be, see ``faults``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import django
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from docs.screenshots import faults, modes, pages, sheet
from docs.screenshots.modes import Device, Look
from docs.screenshots.pages import Picture
from tests.frames import places
from tests.frames.choosing import COOKIE
from tests.servers import chromium

ROOT = Path(__file__).resolve().parent.parent.parent
IMAGES = ROOT / "docs" / "images"
EVERYTHING = ROOT / "var" / "screenshots"
ADDRESS = re.compile(r"http://[\d.]+:\d+/")
PASSWORD = "demo"  # noqa: S105  # the demo prints it
IN_DOCUMENTS: Mapping[str, tuple[str, int]] = {"my_progress": ("learner", 980), "class": ("class", 1360)}
"""What the documents show: the picture, its name there, and how much of it."""


class Shoot:
    """One run: takes the pictures, and keeps what was wrong with them."""

    def __init__(self, browser: Browser, address: str, only: str) -> None:
        self.pictures: list[Picture] = []
        self.faults: dict[tuple[str, str], list[str]] = {}
        self._browser = browser
        self._address = address
        self._only = only

    def find_pages(self) -> None:
        """Follow the links of the demo to every page."""
        tabs = {
            person: self._logged_in(self._browser.new_context(base_url=self._address), person)
            for person in pages.START
        }

        def links_of(person: str, path: str) -> list[str]:
            tabs[person].goto(path)
            return list(
                tabs[person].locator("a[href]").evaluate_all("all => all.map(a => a.getAttribute('href'))")
            )

        found = [*pages.find(links_of), *pages.WITH_A_QUERY, *pages.OF_THE_PLATFORM]
        for name in pages.wanted() - {each.name for each in found}:
            self.faults[name, "usual"] = ["no link leads to this page"]
        self.pictures = [each for each in found if self._only in each.name]

    def take_all(self, device: Device) -> None:
        """Take every picture on a device."""
        for person in pages.START:
            context = self._browser.new_context(base_url=self._address, viewport=modes.WIDE, **device.options)
            page = self._logged_in(context, person)
            context.add_cookies([{"name": COOKIE, "value": device.frame, "url": self._address}])
            watch = faults.Watch(context)
            for picture in self.pictures:
                if picture.person == person and (picture.is_ours or not device.is_of_a_host):
                    self._take(page, picture, device, watch)
            context.close()

    def _take(self, page: Page, picture: Picture, device: Device, watch: faults.Watch) -> None:
        page.goto(picture.path)
        for look in device.looks:
            page.emulate_media(**{**modes.PLAIN, **look.media})
            page.set_viewport_size(look.viewport)
            found = faults.of_page(page, is_ours=picture.is_ours, has_our_colours=look.keeps_our_colours)
            page.screenshot(path=EVERYTHING / sheet.file_name(picture.name, look.name), full_page=True)
            if found := [*watch.taken(), *found]:
                self.faults[picture.name, look.name] = found
            _keep_for_documents(page, picture, look)

    def _logged_in(self, context: BrowserContext, person: str) -> Page:
        page = context.new_page()
        page.goto("/log-in/")
        page.fill("[name=username]", person)
        page.fill("[name=password]", PASSWORD)
        page.locator("main form button").click()
        page.wait_for_url("/")
        return page


def main() -> int:
    """Start a demo, take every picture in every mode, and return 1 where a page is not as it should be."""
    path = chromium.find()
    if path is None:
        sys.exit(chromium.WAY_OUT)
    if not places.are_here():
        sys.exit(places.WAY_OUT)
    EVERYTHING.mkdir(parents=True, exist_ok=True)
    for old in EVERYTHING.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder, _demo(folder) as address, sync_playwright() as playwright:
        django.setup()
        shoot = Shoot(
            playwright.chromium.launch(executable_path=path, args=chromium.FLAGS),
            address,
            os.environ.get("ONLY", ""),
        )
        shoot.find_pages()
        for device in modes.DEVICES:
            print(f"{device.name} ...", flush=True)
            shoot.take_all(device)
    return _tell(shoot)


@contextmanager
def _demo(folder: str) -> Iterator[str]:
    """Run a demo on a free port, with data of its own, and yield its address."""
    os.environ.update(
        DATA_DIR=folder, DJANGO_SETTINGS_MODULE="tests.frames.settings", PYTHONUNBUFFERED="1", DEBUG="0"
    )
    os.environ.pop("DATABASE_URL", None)
    command = [sys.executable, str(ROOT / "manage.py"), "demo", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
        try:
            for line in demo.stdout or ():
                print(line, end="", flush=True)
                if found := ADDRESS.search(line):
                    yield found[0]
                    return
            sys.exit("The demo did not start; it says why above.")
        finally:
            demo.terminate()
            demo.communicate()  # It says goodbye, and fails where nobody listens.


def _keep_for_documents(page: Page, picture: Picture, look: Look) -> None:
    if picture.name not in IN_DOCUMENTS or look not in (modes.LIGHT, modes.DARK):
        return
    name, height = IN_DOCUMENTS[picture.name]
    path = IMAGES / f"{name}{'-dark' if look is modes.DARK else ''}.png"
    clip = {"x": 0.0, "y": 0.0, "width": float(modes.WIDE["width"]), "height": float(height)}
    page.screenshot(path=path, full_page=True, clip=clip)  # type: ignore[arg-type]  # a plain dict does


def _tell(shoot: Shoot) -> int:
    names = [picture.name for picture in shoot.pictures]
    looks = [look.name for device in modes.DEVICES for look in device.looks]
    path = sheet.write(EVERYTHING, pages=names, modes=looks, faults=shoot.faults)
    print(f"{len(list(EVERYTHING.glob('*.png')))} pictures are in {path.relative_to(ROOT)}.")
    for (page, mode), found in shoot.faults.items():
        print(f"{page}, {mode}:", *found, sep="\n  ")
    return 1 if shoot.faults else 0


if __name__ == "__main__":
    sys.exit(main())
