"""The pages within hosts that use a CSS framework: nothing of theirs is touched, and nothing of ours looks other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.dashboards.every_page import PAGES, Show
from tests.frames import choosing, places
from tests.proofs import Sample

STYLES = (places.HERE / "styles.js").read_text().partition("export ")[0]
OURS = Path(__file__).resolve().parents[2] / "tracking" / "static" / "learningtime"
NAMES = """
background-color background-image border-block-end-color border-block-end-style border-block-end-width
border-block-start-color border-block-start-style border-block-start-width border-collapse border-inline-end-color
border-inline-end-style border-inline-end-width border-inline-start-color border-inline-start-style
border-inline-start-width border-start-start-radius box-shadow box-sizing color content cursor display fill filter
font-size font-style font-weight letter-spacing line-height list-style-type margin-block-end margin-block-start
margin-inline-end margin-inline-start opacity outline-style overflow-x overflow-y padding-block-end
padding-block-start padding-inline-end padding-inline-start stroke text-align text-decoration-color
text-decoration-line text-indent text-shadow text-transform transform transition-duration visibility white-space
word-spacing
""".split()  # noqa: SIM905  A list of that length is easier to read as words.
"""What a reader sees of an element, besides its letters, which are the host's."""

Looks = list[tuple[str, dict[str, Any]]]
Stand = Callable[[str], None]


@pytest.fixture
def stand(settings: Any) -> Stand:
    """Stand the pages in a frame."""
    if not places.are_here():
        pytest.fail(places.WAY_OUT)
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], places.TEMPLATES]}]
    settings.STATICFILES_DIRS = places.STATIC
    settings.CONTENT_SECURITY_POLICY = choosing.POLICY

    def stand(frame: str) -> None:
        settings.TRACKING = {**settings.TRACKING, "BASE_TEMPLATE": f"frames/{frame}.html"}

    return stand


def looks_of_host(page: Page) -> Looks:
    return list(page.evaluate(f"() => {{ {STYLES} return looksOfHost(); }}"))


def looks_of_ours(page: Page) -> Looks:
    """Return what ours looks like with the same letters everywhere, all unfolded, and no word that time changes."""
    page.evaluate(
        """() => {
          document.documentElement.style.fontSize = "16px";
          for (const element of document.querySelectorAll("body, .trk :is(h1, h2, h3)"))
            element.style.fontFamily = "DejaVu Sans";
          for (const each of document.querySelectorAll("details")) each.open = true;
          for (const each of document.querySelectorAll(".trk :is(time, .trk-code, .trk-digest)"))
            each.textContent = "then";
        }"""
    )
    return list(page.evaluate(f"(names) => {{ {STYLES} return looksOfOurs(names); }}", NAMES))


def differences(before: Looks, after: Looks) -> list[str]:
    """Return what differs between two looks at the same elements."""
    assert [name for name, _ in before] == [name for name, _ in after]
    found = (
        f"{element}{name}: {styles.get(name)} -> {now.get(name)}"
        for (element, styles), (_, now) in zip(before, after, strict=True)
        for name in dict.fromkeys([*styles, *now])
        if not _is_same(styles.get(name), now.get(name))
    )
    return list(dict.fromkeys(found))


def _is_same(was: Any, now: Any) -> bool:
    # Places and sizes are numbers; browsers round them by what stands around.
    return bool(abs(was - now) <= 1 if isinstance(was, float | int) else was == now)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("frame", places.FRAMES)
def test_our_styles_touch_nothing_of_the_host(frame: str, stand: Stand, show: Show) -> None:
    stand(frame)
    page = show("class", "light")
    before = looks_of_host(page)
    page.evaluate(
        """() => {
          for (const link of document.querySelectorAll('link[href*="/static/learningtime/"]')) link.disabled = true;
        }"""
    )
    assert differences(before, looks_of_host(page)) == []


@pytest.mark.django_db(transaction=True)
def test_a_style_that_touches_the_host_would_be_seen(stand: Stand, show: Show) -> None:
    stand("plain")
    page = show("my_courses", "light")
    before = looks_of_host(page)
    page.evaluate("document.styleSheets[document.styleSheets.length - 1].insertRule('th { color: red }')")
    assert "th. color: rgb(0, 0, 0) -> rgb(255, 0, 0)" in differences(before, looks_of_host(page))


@pytest.mark.proof(name="frames")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", PAGES)
def test_ours_looks_the_same_within_each_framework(
    name: str, stand: Stand, show: Show, sample: Sample
) -> None:
    looks: dict[str, Looks] = {}
    found: dict[str, Any] = {}
    plain, *frameworks = places.FRAMES
    for frame in [plain, *sample(frameworks, 1)]:
        stand(frame)
        page = show(name, "light")
        looks[frame] = looks_of_ours(page)
        if page.evaluate("document.documentElement.scrollWidth - window.innerWidth") > 0:
            found[f"{frame}, width"] = "wider than the window"
        found[frame] = differences(looks[plain], looks[frame])[:20]
    assert {frame: each for frame, each in found.items() if each} == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("frame", "mode"),
    [("bootstrap", "light"), ("bootstrap_dark", "light"), ("tailwind", "light"), ("pico", "dark")],
)
def test_axe_finds_nothing_in_ours_within_a_framework(
    frame: str, mode: str, stand: Stand, show: Show
) -> None:
    stand(frame)
    for name in ("class", "my_progress"):
        found = Axe().run(show(name, mode), context=".trk")
        assert found.violations_count == 0, found.generate_report()


def test_every_rule_of_ours_is_about_our_own_elements() -> None:
    """``alone.css`` is for pages without a host; the other files may name nothing that a host has."""
    for path in OURS.glob("*.css"):
        if path.name == "alone.css":
            continue
        text = _without_comments(path.read_text())
        for head in (each.rpartition("}")[2].rpartition(";")[2].strip() for each in text.split("{")[:-1]):
            if head.startswith("@") or not head:
                continue
            assert all("trk" in part for part in _parts(head)), f"{path.name}: {head}"


def _without_comments(text: str) -> str:
    return "".join(each.rpartition("*/")[2] for each in text.split("/*"))


def _parts(head: str) -> list[str]:
    """Return the selectors of a rule: what commas outside of brackets part."""
    parts, depth = [""], 0
    for letter in head:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return parts
