"""The project's settings, with the frame of the pages chosen by a cookie, so that one server shows them in each."""

from typing import Any

from config.settings import *  # noqa: F403  They are the ones that are extended.
from config.settings import MIDDLEWARE, TRACKING
from config.settings import TEMPLATES as USUAL
from tests.frames import places

engine: dict[str, Any] = USUAL[0]
options: dict[str, Any] = engine["OPTIONS"]
choosing = [*options["context_processors"], "tests.frames.choosing.frame"]
TEMPLATES = [
    {**engine, "DIRS": [*engine["DIRS"], places.TEMPLATES], "OPTIONS": {"context_processors": choosing}}
]
MIDDLEWARE += ["tests.frames.choosing.policy"]
STATICFILES_DIRS = places.STATIC
TRACKING["BASE_TEMPLATE"] = "frames/chosen.html"
