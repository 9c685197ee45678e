"""How many of ADL's requirements are met, as the page says; one that no test shows is named there, with the reason."""

import re
from importlib import import_module
from pathlib import Path

from tests.xapi.api.requirements import ALL, SHOWN_BY
from tests.xapi.api.statement_requirements import REFUSED, TAKEN

PAGE = (Path(__file__).parents[3] / "docs/xapi.md").read_text()


def test_the_page_says_how_many_requirements_are_met():
    for about in ("request", "attachment", "document"):
        import_module(f"tests.xapi.api.test_{about}_requirements")
    met = (set(REFUSED) | set(TAKEN) | set(SHOWN_BY)) & ALL
    said = re.search(r"(\d+) of the (\d+) requirements", PAGE)
    assert said is not None
    print(f"lrs-requirements: {len(met)} of {len(ALL)} are met")  # noqa: T201  Seen with -s.
    assert (int(said[1]), int(said[2])) == (len(met), len(ALL))
    assert {int(number) for number in re.findall(r"XAPI-(\d{5})", PAGE)} == ALL - met
