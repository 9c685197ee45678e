"""A course to import into, and a file to import from."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command

from tracking.rollups.engine import outline_refresh


@pytest.fixture
def course(school, learner, now):
    """The course ``c`` with the lessons a and b and the quiz q; ``lena`` learns it."""
    school.course("c", lessons=["a", "b"], quizzes=["q"])
    school.enrol(learner, "c")
    outline_refresh.refresh_outline("c", now=now)
    return school


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file into a folder of the test's own and return its path."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


@pytest.fixture
def run_import(course):
    """Run the command on a file and return what it said."""

    def run(path: Path | str, *options: str, log_format: str = "csv") -> str:
        said = io.StringIO()
        call_command("tracking_import", str(path), "--format", log_format, *options, stdout=said, stderr=said)
        return said.getvalue()

    return run
