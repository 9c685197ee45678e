"""The page about states says what the code does."""

import runpy
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


def test_the_table_of_states_is_the_one_that_the_code_makes():
    maker = runpy.run_path(str(DOCS / "state_table.py"), run_name="state_table")
    page = (DOCS / "states.md").read_text()
    assert page == maker["page"](page), "Make it again: python -m docs.state_table"
