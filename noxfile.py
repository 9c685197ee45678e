"""Run the suite on every supported Django and Python that this machine has: ``make matrix``."""

import os
from pathlib import Path

import nox

SUPPORTED = {"5.2": ["3.11", "3.12", "3.13"], "6.1": ["3.12", "3.13"]}
PAIRS = [(python, django) for django, pythons in SUPPORTED.items() for python in pythons]

nox.options.download_python = "never"

# pyenv's python3.12 fails if another version is selected, although 3.12 is installed: use the installed folders.
_pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
_installed = sorted(str(folder) for folder in _pyenv.glob("versions/3.*/bin"))
os.environ["PATH"] = os.pathsep.join([*_installed, os.environ["PATH"]])


@nox.session
@nox.parametrize(["python", "django"], PAIRS)
def tests(session: nox.Session, django: str) -> None:
    """Run the tests that need neither a browser nor a server, on SQLite."""
    session.install("--quiet", "--editable", ".[test]", f"Django~={django}.0")
    session.run("python", "-m", "pytest", "-n", "auto", "-m", "not browser and not redis", *session.posargs)
