"""Where the frames and the frameworks are. The frameworks come with ``npm ci``, as package.json names them."""

from pathlib import Path

FRAMES = ("plain", "bootstrap", "tailwind", "pico")
"""Each is ``frames/NAME.html``; ``plain`` is the same host with no framework."""

HERE = Path(__file__).resolve().parent
MODULES = HERE.parent.parent / "node_modules"
TEMPLATES = HERE / "templates"
STATIC = [
    HERE / "static",
    ("bootstrap", MODULES / "bootstrap/dist/css"),
    ("pico", MODULES / "@picocss/pico/css"),
    ("tailwindcss", MODULES / "tailwindcss"),
]
WAY_OUT = "The CSS frameworks are not here. Install them: npm ci"


def are_here() -> bool:
    """Whether the frameworks are installed."""
    return (MODULES / "bootstrap").is_dir()
