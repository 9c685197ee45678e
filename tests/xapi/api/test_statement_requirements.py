"""Every statement that the requirements rule out is refused, and every one that they name is taken."""

import pytest

from tests.xapi.api.statement_requirements import REFUSED, TAKEN
from tests.xapi.api.store import statement
from tracking.xapi.models import XapiStatement


def with_parts(learner, parts):
    return {name: value for name, value in (statement(learner) | parts).items() if value is not ...}


@pytest.mark.parametrize("number", REFUSED, ids="XAPI-{:05}".format)
def test_what_is_ruled_out_is_refused(system, learner, number):
    for parts in REFUSED[number]:
        answer = system.tell(with_parts(learner, parts))
        assert answer.status_code == 400, (parts, answer.content)
    assert not XapiStatement.objects.exists()


@pytest.mark.parametrize("number", TAKEN, ids="XAPI-{:05}".format)
def test_what_is_allowed_is_taken(system, learner, number):
    for parts in TAKEN[number]:
        answer = system.tell(with_parts(learner, parts))
        assert answer.status_code == 200, (parts, answer.content)
