"""The settings of ``tracking``: one dict, ``TRACKING``, read at call time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings as django_settings
from django.core.signals import setting_changed


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingSettings:
    """Every option of ``TRACKING`` with its default.

    Times are in seconds unless the name says otherwise; shares run from 0 to 1.
    """

    ENABLED: bool = True
    """Whether anything is recorded at all. ``False`` leaves the host exactly as it was."""

    ADAPTER: str = ""
    """Dotted path of the host's ``tracking.lms.Adapter`` subclass. Empty: ``tracking_adapter.Adapter`` of any app."""

    BASE_TEMPLATE: str = "tracking/layouts/standalone.html"
    """The template that the pages extend. Name the host's own to wrap them in its navigation."""

    INJECT_SCRIPT: bool = True
    """Whether the middleware adds the tracker to tracked pages. Set ``False`` if the template tag does it."""

    IDLE_SECONDS: int = 60
    """How long a learner without input still counts as active."""

    ENGAGED_SECONDS: int = 5
    """Active time from which a unit counts as engaged with, not merely opened."""

    SKIMMED_SHARE: float = 0.2
    """A unit was skimmed if its end was reached in less than this share of its expected time."""

    END_REACHED_PERCENT: int = 80
    """Scroll depth from which the end of a page counts as reached."""

    DEFAULT_EXPECTED_SECONDS: int = 0
    """Expected time of a lesson if neither the host nor the class gives one; 0 means unknown."""

    FAILED_ATTEMPTS: int = 3
    """Failed attempts within ``FAILED_ATTEMPTS_DAYS`` days that open a finding."""

    FAILED_ATTEMPTS_DAYS: int = 7
    """The window of ``FAILED_ATTEMPTS``, in days."""

    INACTIVE_DAYS: int = 7
    """Days without activity in a running course that open a finding."""

    MIN_CLASS_SIZE: int = 20
    """Learners needed before one is compared with the class, and before the class gives expected times."""

    MIN_GROUP_SIZE: int = 5
    """Minimum group size: no figure about a group includes fewer people than this."""

    OFTEN_SKIPPED_SHARE: float = 0.3
    """A lesson skipped by at least this share of the learners who should have finished it opens a class finding."""

    DISABLED_REASONS: tuple[str, ...] = ()
    """Reasons that open no finding, such as ``("long_time",)``. Open findings with these reasons clear."""

    MASTERY_MIN_ANSWERS: int = 5
    """Answers needed before mastery of a skill can be called low."""

    LOW_MASTERY_SHARE: float = 0.5
    """Mastery is low if the estimated chance of a right next answer is below this."""

    WHEEL_SPINNING_ANSWERS: int = 10
    """Answers on one skill, over several visits, without ``WHEEL_SPINNING_RUN`` right in a row, that open a finding."""

    WHEEL_SPINNING_RUN: int = 3
    """Right answers in a row that end the search for ``WHEEL_SPINNING_ANSWERS``."""

    REVIEW_RECALL_SHARE: float = 0.9
    """A skill that was known is due for a review once the estimated recall has fallen to this."""

    RISK_THRESHOLD: float = 0.6
    """Risk from which a learner is at risk of not finishing. An instructor can change it for a course."""

    RISK_FIRST_DAY: int = 7
    """Day of a course from which risks are shown."""

    LONG_TIME_FACTOR: float = 3.0
    """A lesson took far longer than expected if its active time exceeds this multiple of the expected time.

    Used only if the class is too small to compare with.
    """

    STALLED_DAYS: int = 14
    """Window, in days, in which a learner is active but starts nothing new although it is time."""

    STALLED_ACTIVE_DAYS: int = 3
    """Days of that window on which the learner must have been active."""

    MAX_REVIEWS_SHOWN: int = 2
    """Skills due for a review that a learner sees at a time."""

    LINK_MIN_DIFFERENCE: float = 0.25
    """How much more often those who missed a question must not have covered its lesson than the others."""

    LINK_MAX_P_VALUE: float = 0.01
    """How unlikely chance alone must be to produce such a difference."""

    HARD_QUIZ_PASS_SHARE: float = 0.5
    """A quiz that fewer than this share pass on the first attempt opens a class finding."""

    KEEP_COURSE_RECORD: bool = True
    """Whether learners may not erase their course record themselves, because others may need it. Operators can."""

    ON_USER_DELETION: str = "erase"
    """Whether a deleted user's data is deleted (``"erase"``), or kept for the figures (``"pseudonymise"``)."""

    ACCESS_LOG_DAYS: int = 730
    """Days that access log entries are kept; 0 keeps them for ever."""

    DOWNLOAD_HOURS: int = 48
    """Hours that the file with a learner's own data is kept for them to fetch."""

    CONSENT_VERSION: int = 1
    """Increase this when the consent text changes. Learners who agreed to an older version are asked again."""

    NOTICE_PURPOSES: tuple[str, ...] = ()
    """Purposes with another legal basis than consent, such as ``("engagement",)``.

    Learners see a notice and may object.
    """

    MAX_EVENT_AGE_DAYS: int = 7
    """The endpoint rejects older events."""

    EVENTS_PER_MINUTE: int = 600
    """Events that a learner may send in a minute before the endpoint answers 429."""

    SESSION_CACHE_SECONDS: int = 60
    """How long the endpoint caches whose session it is.

    An account that is closed elsewhere can send events of its own for that long. 0 queries each time.
    """

    FRONT_END_ORIGINS: tuple[str, ...] = ()
    """Origins of other sites, such as ``"https://app.example.org"``, whose pages may send events with an ingest token.

    They are front ends of the platform that Django does not serve.
    """

    RAW_EVENT_DAYS: int = 180
    """Days that raw events and page views are kept; a daily job purges older ones. 0 keeps all."""

    RECORD_EVENT_DAYS: int = 180
    """The same for raw events of the course record, such as completions. Attempts and completed units are kept."""

    JOB_RUN_DAYS: int = 14
    """Days that records of job runs are kept; the newest of each job is always kept."""

    QUARANTINE_MAX: int = 50_000
    """Quarantined records of unknown courses, units or learners that are kept; browsers may fill half of it."""

    QUARANTINE_MAX_PER_LEARNER: int = 200
    """Quarantined events of one learner."""

    QUARANTINE_DAYS: int = 30
    """Days after which a quarantined record that is still unknown is deleted and counted."""

    CELERY_QUEUE: str = "tracking"
    """The Celery queue of all jobs. A worker that is started without ``-Q`` consumes it automatically."""

    ROLLUP_BATCH: int = 2000
    """Pending changes that one rollup transaction claims."""

    ROLLUP_MAX_TRIES: int = 5
    """Tries after which a change that cannot be rolled up becomes a dead letter."""

    ROLLUP_EVERY_SECONDS: int = 10
    """How often the beat schedule looks for pending changes that no trigger announced."""

    QUARANTINE_EVERY_SECONDS: int = 60
    """How often the beat schedule releases quarantined records that are known by now."""

    OUTLINE_EVERY_SECONDS: int = 300
    """How often outlines and enrolments are read from the host again."""

    SITE_URL: str = ""
    """Address of the site, such as ``https://lms.example.org``. Other systems identify courses and learners by it."""

    API_REQUESTS_PER_MINUTE: int = 600
    """API requests that one user may make in a minute before the API answers 429."""

    METRICS_TOKEN: str = ""
    """Bearer token with which Prometheus reads ``learning/metrics``. Empty: there is no such page."""

    DELIVERY_EVERY_SECONDS: int = 10
    """How often waiting deliveries are sent."""

    DELIVERY_BATCH: int = 200
    """Deliveries in one request, to a target that takes several at once."""

    DELIVERY_MAX_TRIES: int = 10
    """Tries, with pauses that double from 10 seconds, after which a delivery becomes a dead letter."""

    ALLOW_PRIVATE_TARGETS: bool = False
    """Whether deliveries may go to private addresses and over plain HTTP. ``False`` protects the internal network."""


EXPIRE_AFTER = timedelta(minutes=10)
"""How long a scheduled job waits at least for a worker; if it expires, the next one does the same work."""


def get_settings() -> TrackingSettings:
    """Return the current settings. Unknown options are left to the system check ``tracking.E001``."""
    return _read()


def beat_schedule(given: Mapping[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    """Return the schedule for Celery beat; ``given`` is the host's ``TRACKING`` dict.

    A host adds it in its settings: ``CELERY_BEAT_SCHEDULE = {**tracking.conf.beat_schedule(TRACKING)}``.
    """
    settings = _from_options(given or {})
    every = {
        "tracking.roll_up": timedelta(seconds=settings.ROLLUP_EVERY_SECONDS),
        "tracking.refresh_outlines": timedelta(seconds=settings.OUTLINE_EVERY_SECONDS),
        "tracking.release_quarantine": timedelta(seconds=settings.QUARANTINE_EVERY_SECONDS),
        "tracking.mark_running_courses_changed": timedelta(hours=1),
        "tracking.send_deliveries": timedelta(seconds=settings.DELIVERY_EVERY_SECONDS),
        "tracking.prepare_downloads": timedelta(minutes=1),
        "tracking.purge_expired": timedelta(days=1),
    }
    # Jobs expire, or they would pile up while no worker runs. The time is longer than the clocks of two machines
    # differ.
    return {
        task: {
            "task": task,
            "schedule": schedule,
            "options": {
                "queue": settings.CELERY_QUEUE,
                "expires": max(schedule, EXPIRE_AFTER).total_seconds(),
            },
        }
        for task, schedule in every.items()
    }


def given_options() -> Mapping[str, Any]:
    """Return the ``TRACKING`` dict as the host wrote it; empty if it is missing or not a mapping."""
    given = getattr(django_settings, "TRACKING", {})
    return given if isinstance(given, Mapping) else {}


@lru_cache(maxsize=1)
def _read() -> TrackingSettings:
    return _from_options(given_options())


def _from_options(given: Mapping[str, Any]) -> TrackingSettings:
    known = {field.name for field in fields(TrackingSettings)}
    return TrackingSettings(**{name: value for name, value in given.items() if name in known})


def _forget(*, setting: str, **_: object) -> None:
    if setting == "TRACKING":
        _read.cache_clear()


# Tests override settings, so forget the cached copy.
setting_changed.connect(_forget, dispatch_uid="tracking.conf")
