"""A course to import into, and a file to import from: those of other logs."""

from tests.capture.importing.conftest import course, run_import, write

__all__ = ["course", "run_import", "write"]
