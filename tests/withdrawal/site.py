"""What needs Django: ``python -m tests.withdrawal.site`` makes tables and a learner, and prints what lets them in."""

import json
import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.withdrawal.settings"

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402  Only after Django is set up.
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from tracking import jobs  # noqa: E402
from tracking.events import Purpose  # noqa: E402
from tracking.privacy import consent  # noqa: E402

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    learner = get_user_model().objects.create_user("learner")
    consent.grant(learner.pk, tuple(Purpose), source="test")
    jobs.refresh_outlines(now=timezone.now())
    devices = [Client(), Client()]
    for device in devices:
        device.force_login(learner)
    print(json.dumps([device.cookies["sessionid"].value for device in devices]))
