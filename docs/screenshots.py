"""Pictures of every page of the running demo: ``make screenshots``.

All of them, in every mode, go to ``var/screenshots`` to be looked at. The few that the documents show go to
``docs/images``.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.servers import chromium

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
EVERYTHING = ROOT / "var" / "screenshots"
ADDRESS = re.compile(r"http://[\d.]+:\d+/")
COURSE = "how-the-web-works"
MODES: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 900}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2},
    "right-to-left": {"viewport": {"width": 1280, "height": 900}},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A page, who looks at it, and how much of it the documents show; 0: none of it."""

    name: str
    person: str
    path: str
    height: int = 0


PICTURES = [
    Picture(name="lms-home", person="lena", path="/"),
    Picture(name="lms-course", person="lena", path=f"/courses/{COURSE}/"),
    Picture(name="my-courses", person="lena", path="/tracking/me/"),
    Picture(name="learner", person="lena", path=f"/tracking/me/{COURSE}/", height=980),
    Picture(name="consent", person="lena", path="/tracking/consent/"),
    Picture(name="statement", person="lena", path="/tracking/time/?first=2026-01-01&last=2026-12-31"),
    Picture(name="statement-check", person="lena", path="/tracking/time/check/?code=none"),
    Picture(name="my-classes", person="ines", path="/tracking/classes/"),
    Picture(name="class", person="ines", path=f"/tracking/classes/{COURSE}/", height=1360),
    Picture(
        name="module", person="ines", path=f"/tracking/classes/{COURSE}/modules/module~3Afinding-a-page/"
    ),
    Picture(name="states", person="ines", path=f"/tracking/classes/{COURSE}/states/"),
    Picture(name="trends", person="ines", path=f"/tracking/classes/{COURSE}/trends/"),
    Picture(
        name="quiz",
        person="ines",
        path=f"/tracking/classes/{COURSE}/lessons/quiz~3Afinding-a-page~2Fcheck-finding-a-page/",
    ),
    Picture(name="visits", person="lena", path=f"/tracking/me/{COURSE}/visits/?period=90"),
]


def main() -> None:
    """Start a demo of its own, take every picture in every mode, and stop it."""
    IMAGES.mkdir(exist_ok=True)
    EVERYTHING.mkdir(parents=True, exist_ok=True)
    path = chromium.find()
    if path is None:
        sys.exit(chromium.WAY_OUT)
    with tempfile.TemporaryDirectory() as folder, _demo(folder) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        for mode, person in product(MODES, ("lena", "ines")):
            _take_all(browser, address, mode, person)
        browser.close()
    print(f"{len(MODES) * (len(PICTURES) + 1)} pictures are in {EVERYTHING.relative_to(ROOT)}.")


@contextmanager
def _demo(folder: str) -> Iterator[str]:
    """Run a demo on a free port, with data of its own, and yield its address."""
    environment = {**os.environ, "DATA_DIR": folder, "PYTHONUNBUFFERED": "1"}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, str(ROOT / "manage.py"), "demo", "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as demo:
        try:
            for line in demo.stdout or ():
                print(line, end="")
                if found := ADDRESS.search(line):
                    yield found[0]
                    return
            sys.exit("The demo did not start; it says why above.")
        finally:
            demo.terminate()
            demo.communicate()  # It says goodbye, and fails where nobody listens.


def _take_all(browser: Browser, address: str, mode: str, person: str) -> None:
    context = browser.new_context(base_url=address, bypass_csp=True, **MODES[mode])
    page = context.new_page()
    page.goto("/log-in/")
    page.fill("[name=username]", person)
    page.fill("[name=password]", "demo")
    page.locator("main form button").click()
    page.wait_for_url("/")
    for picture in PICTURES:
        if picture.person == person:
            page.goto(picture.path)
            _take(page, picture, mode)
    if person == "ines":
        page.goto(f"/tracking/classes/{COURSE}/")
        page.locator(".trk-learners tbody a").first.click()
        _take(page, Picture(name="class-learner", person=person, path=""), mode)
    context.close()


def _take(page: Page, picture: Picture, mode: str) -> None:
    if mode == "right-to-left":
        page.evaluate("document.documentElement.dir = 'rtl'")
    page.screenshot(path=EVERYTHING / f"{picture.name}-{mode}.png", full_page=True)
    if picture.height and mode in {"light", "dark"}:
        name = picture.name if mode == "light" else f"{picture.name}-dark"
        size = page.viewport_size or {"width": 0}
        clip = {"x": 0.0, "y": 0.0, "width": float(size["width"]), "height": float(picture.height)}
        page.screenshot(path=IMAGES / f"{name}.png", full_page=True, clip=clip)  # type: ignore[arg-type]  # a plain dict does


if __name__ == "__main__":
    main()
