"""Write the description of the API to docs/openapi.yaml: ``make openapi``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "openapi.yaml"


def described() -> dict[str, Any]:
    """Return the current description of the API, mounted at ``/learning/``. Django must be set up."""
    from drf_spectacular.settings import patched_settings  # noqa: PLC0415  Reads settings when imported.

    from tracking.api.schema import SETTINGS, Generator  # noqa: PLC0415

    with patched_settings(dict(SETTINGS)):
        return dict(Generator().get_schema(request=None, public=True))


def rendered() -> bytes:
    """Return the description as YAML, as the file contains it."""
    from drf_spectacular.renderers import OpenApiYamlRenderer  # noqa: PLC0415

    text = OpenApiYamlRenderer().render(described(), renderer_context={})  # type: ignore[no-untyped-call]
    return bytes(text)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    FILE.write_bytes(rendered())
