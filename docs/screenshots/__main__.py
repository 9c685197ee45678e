"""Take pictures of every page in every mode: ``make screenshots`` (``ONLY=class`` for the pages of a class).

The pictures show a demo that is started for them, and go to ``var/screenshots`` with a contact sheet; those that the
documentation shows go to ``docs/images``. Fails and names page and mode if a page has a fault, see ``faults``.
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
PICTURES = ROOT / "var" / "screenshots"
ADDRESS = re.compile(r"http://[\d.]+:\d+/")
PASSWORD = "demo"  # noqa: S105  # the demo prints it
IN_DOCUMENTATION: Mapping[str, tuple[str, int]] = {"my_progress": ("learner", 980), "class": ("class", 1360)}
"""The pictures in the documentation: file name and height in pixels, by the name of the picture."""


class Shoot:
    """One run: takes the pictures and collects the faults of the pages."""

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

        found = [*pages.find_pages(links_of), *pages.WITH_A_QUERY, *pages.OF_THE_PLATFORM]
        for name in pages.expected_pictures() - {each.name for each in found}:
            self.faults[name, "usual"] = ["no link leads to this page"]
        self.pictures = [each for each in found if self._only in each.name]

    def take_all(self, device: Device) -> None:
        """Take every picture on ``device``."""
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
            page_faults = faults.find_faults(
                page, is_ours=picture.is_ours, has_our_colours=look.keeps_our_colours
            )
            page.screenshot(path=PICTURES / sheet.file_name(picture.name, look.name), full_page=True)
            if all_faults := [*watch.take(), *page_faults]:
                self.faults[picture.name, look.name] = all_faults
            _save_for_documentation(page, picture, look)

    def _logged_in(self, context: BrowserContext, person: str) -> Page:
        page = context.new_page()
        page.goto("/log-in/")
        page.fill("[name=username]", person)
        page.fill("[name=password]", PASSWORD)
        page.locator("main form button").click()
        page.wait_for_url("/")
        return page


def main() -> int:
    """Start a demo, take every picture in every mode, and return 1 if a page has a fault."""
    path = chromium.find()
    if path is None:
        sys.exit(chromium.WAY_OUT)
    if not places.are_here():
        sys.exit(places.WAY_OUT)
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.png"):
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
    return _report(shoot)


@contextmanager
def _demo(folder: str) -> Iterator[str]:
    """Run a demo on a free port with its own data, and yield its URL."""
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
            sys.exit("The demo did not start. The reason is above.")
        finally:
            demo.terminate()
            demo.communicate()  # Read until the end: the demo fails if it cannot write its last line.


def _save_for_documentation(page: Page, picture: Picture, look: Look) -> None:
    if picture.name not in IN_DOCUMENTATION or look not in (modes.LIGHT, modes.DARK):
        return
    name, height = IN_DOCUMENTATION[picture.name]
    path = IMAGES / f"{name}{'-dark' if look is modes.DARK else ''}.png"
    clip = {"x": 0.0, "y": 0.0, "width": float(modes.WIDE["width"]), "height": float(height)}
    page.screenshot(path=path, full_page=True, clip=clip)  # type: ignore[arg-type]  # a plain dict does


def _report(shoot: Shoot) -> int:
    names = [picture.name for picture in shoot.pictures]
    looks = [look.name for device in modes.DEVICES for look in device.looks]
    path = sheet.write_sheet(PICTURES, pages=names, modes=looks, faults=shoot.faults)
    print(f"{len(list(PICTURES.glob('*.png')))} pictures are in {path.relative_to(ROOT)}.")
    for (page, mode), found in shoot.faults.items():
        print(f"{page}, {mode}:", *found, sep="\n  ")
    return 1 if shoot.faults else 0


if __name__ == "__main__":
    sys.exit(main())
