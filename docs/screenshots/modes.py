"""The modes in which each page is shown: devices, media and frames."""

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
    """One appearance of an open page: its media features and the size of the window."""

    name: str
    media: Mapping[str, Any] = field(default_factory=dict)
    viewport: ViewportSize = field(default_factory=lambda: WIDE)

    @property
    def keeps_our_colours(self) -> bool:
        """Whether the page sets its own colours in this look."""
        return "forced_colors" not in self.media and self.media.get("media") != "print"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A browser context: its options, the frame around the pages, and its looks."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    frame: str = USUAL
    looks: tuple[Look, ...]

    @property
    def is_of_a_host(self) -> bool:
        """Whether the frame is that of another host, which only the pages of tracking have."""
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
            # WCAG 1.4.4, 200 %: the window holds half as many CSS pixels in each direction.
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
    _framed("standalone", "tracking/layouts/standalone.html"),
    _framed("standalone, dark", "tracking/layouts/standalone.html", color_scheme="dark"),
    _framed("Bootstrap", "frames/bootstrap.html"),
    _framed("Bootstrap, dark", "frames/bootstrap_dark.html"),
    _framed("Tailwind", "frames/tailwind.html"),
    _framed("Pico", "frames/pico.html"),
    _framed("Pico, dark", "frames/pico.html", color_scheme="dark"),
)
"""Every device, the usual one first."""
