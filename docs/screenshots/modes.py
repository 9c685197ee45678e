"""The ways in which each page is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import ViewportSize

from tests.frames.choosing import USUAL

WIDE: ViewportSize = {"width": 1280, "height": 900}
PLAIN: Mapping[str, Any] = {
    "media": "screen",
    "color_scheme": "light",
    "forced_colors": "none",
    "reduced_motion": "no-preference",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a page that is open already: the media it is shown on, and the size of the window."""

    name: str
    media: Mapping[str, Any] = field(default_factory=dict)
    viewport: ViewportSize = field(default_factory=lambda: WIDE)

    @property
    def keeps_our_colours(self) -> bool:
        """Whether the page may choose its colours in this look."""
        return "forced_colors" not in self.media and self.media.get("media") != "print"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A browser of its own: what it asks for, in which frame it is answered, and the looks that it takes."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    frame: str = USUAL
    looks: tuple[Look, ...]

    @property
    def is_of_a_host(self) -> bool:
        """Whether it shows the pages in a frame that the demo's own pages do not have."""
        return self.frame != USUAL


LIGHT = Look(name="light")
DARK = Look(name="dark", media={"color_scheme": "dark"})
PHONE: ViewportSize = {"width": 320, "height": 640}


def _framed(name: str, frame: str, **media: Any) -> Device:
    return Device(name=name, frame=frame, looks=(Look(name=name, media=media),))


DEVICES = (
    Device(
        name="usual",
        looks=(
            LIGHT,
            DARK,
            Look(name="tablet", viewport={"width": 768, "height": 1024}),
            Look(name="320 px", viewport=PHONE),
            # WCAG's 200 %: the window holds half as many pixels of CSS each way.
            Look(name="200 %", viewport={"width": 640, "height": 450}),
            Look(name="forced colours", media={"forced_colors": "active"}),
            Look(name="print", media={"media": "print"}),
            Look(name="reduced motion", media={"reduced_motion": "reduce"}),
        ),
    ),
    Device(name="no scripts", options={"java_script_enabled": False}, looks=(Look(name="no scripts"),)),
    Device(
        name="Arabic",
        options={"locale": "ar"},
        looks=(Look(name="Arabic"), Look(name="Arabic, 320 px", viewport=PHONE)),
    ),
    Device(name="German", options={"locale": "de"}, looks=(Look(name="German, 320 px", viewport=PHONE),)),
    _framed("alone", "tracking/layouts/standalone.html"),
    _framed("alone, dark", "tracking/layouts/standalone.html", color_scheme="dark"),
    _framed("Bootstrap", "frames/bootstrap.html"),
    _framed("Bootstrap, dark", "frames/bootstrap_dark.html"),
    _framed("Tailwind", "frames/tailwind.html"),
    _framed("Pico", "frames/pico.html"),
    _framed("Pico, dark", "frames/pico.html", color_scheme="dark"),
)
"""The first one finds out where the pages are, so it is the one that shows everything."""
