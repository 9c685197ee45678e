"""The key that signs sessions, for a site that was not given one."""

from pathlib import Path

from django.core.management.utils import get_random_secret_key


def read_or_make(path: Path) -> str:
    """Return the key kept at ``path``; where there is none, make one that only its owner can read."""
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        return path.read_text()
    key = get_random_secret_key()
    path.write_text(key)
    return key
