"""Create the secret key of a site that has none."""

from pathlib import Path

from django.core.management.utils import get_random_secret_key


def read_or_make(path: Path) -> str:
    """Return the key stored at ``path``. If there is none, store a new one that only its owner can read."""
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        return path.read_text()
    key = get_random_secret_key()
    path.write_text(key)
    return key
