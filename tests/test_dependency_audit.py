"""What the gate makes of a report about packages."""

import json

import pytest

from tests.dependency_audit import judge

FINE = {"name": "a", "version": "1", "vulns": []}
VULNERABLE = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1"}]}
UNKNOWN = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "status", "said"),
    [
        ([FINE], 0, "1 of 1 packages were audited, 0 are vulnerable; of 0 the service knows nothing."),
        ([FINE, VULNERABLE], 1, "b 2: CVE-1"),
        (
            [FINE, UNKNOWN],
            0,
            "1 of 2 packages were audited, 0 are vulnerable; of 1 the service knows nothing.",
        ),
    ],
)
def test_only_a_known_vulnerability_fails_and_what_was_not_audited_is_said(packages, status, said, capsys):
    assert judge(json.dumps({"dependencies": packages})) == status
    assert said in capsys.readouterr().out
