import pytest
from django.test import Client


@pytest.fixture(autouse=True)
def _host(settings):
    settings.TRACKING = {"ADAPTER": "tests.small_host.Adapter"}


@pytest.fixture
def browser(learner):
    """A client in which a learner who shares everything is logged in."""
    client = Client()
    client.force_login(learner)
    return client
