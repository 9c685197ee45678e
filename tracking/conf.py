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
    """Every option of ``TRACKING`` with its default; all times are in seconds, all shares from 0 to 1."""

    ENABLED: bool = True
    """Whether anything is recorded at all. ``False`` leaves the host exactly as it was."""

    ADAPTER: str = ""
    """Dotted path of the host's ``tracking.lms.Adapter`` subclass. Empty: ``tracking_adapter.Adapter`` of any app."""

    BASE_TEMPLATE: str = "tracking/layouts/standalone.html"
    """The template that the pages extend. Name the host's own to wrap them in its navigation."""

    INJECT_SCRIPT: bool = True
    """Whether the middleware adds the browser tracker to tracked pages. ``False`` where the template tag does it."""

    IDLE_SECONDS: int = 60
    """How long without input a learner still counts as active."""

    ENGAGED_SECONDS: int = 5
    """Active time from which a unit counts as engaged with, not merely opened."""

    SKIMMED_SHARE: float = 0.2
    """A unit whose end was reached in less than this share of its expected time was skimmed."""

    END_REACHED_PERCENT: int = 80
    """Scroll depth from which the end of a page counts as reached."""

    DEFAULT_EXPECTED_SECONDS: int = 0
    """Expected time of a lesson about which neither the host nor the class says anything; 0 means unknown."""

    FAILED_ATTEMPTS: int = 3
    """Failed attempts within ``FAILED_ATTEMPTS_DAYS`` days that make a finding."""

    FAILED_ATTEMPTS_DAYS: int = 7
    """The window, in days, of ``FAILED_ATTEMPTS``."""

    INACTIVE_DAYS: int = 7
    """Days without any sign of a learner in a running course that make a finding."""

    MIN_CLASS_SIZE: int = 20
    """Learners needed before one is measured against the class, and it says how long a lesson takes."""

    MIN_GROUP_SIZE: int = 5
    """No figure about fewer people than this is shown about a group."""

    OFTEN_SKIPPED_SHARE: float = 0.3
    """A lesson skipped by at least this share of the learners who went past it makes a class finding."""

    DISABLED_REASONS: tuple[str, ...] = ()
    """Reasons that make no finding, such as ``("long_time",)``. Those that are open are cleared."""

    MASTERY_MIN_ANSWERS: int = 5
    """Answers needed before a skill is called low."""

    LOW_MASTERY_SHARE: float = 0.5
    """A skill whose next answer is right with less than this chance is low, and makes a finding."""

    WHEEL_SPINNING_ANSWERS: int = 10
    """Answers to one skill, over more than one sitting, without ``WHEEL_SPINNING_RUN`` right in a row, that make a finding."""

    WHEEL_SPINNING_RUN: int = 3
    """Answers right in a row that end the search for ``WHEEL_SPINNING_ANSWERS``."""

    REVIEW_RECALL_SHARE: float = 0.9
    """A skill that was known is due for a review when the chance to recall it has fallen to this."""

    RISK_THRESHOLD: float = 0.6
    """The risk from which a learner is called at risk of not finishing, unless an instructor moves it for a course."""

    RISK_FIRST_DAY: int = 7
    """The day of a course from which risks are told."""

    LONG_TIME_FACTOR: float = 3.0
    """A lesson on which more than so many times the expected time was spent was fought with, where no class tells."""

    STALLED_DAYS: int = 14
    """Days in which a learner comes, begins nothing new, and would have to, that make a finding."""

    STALLED_ACTIVE_DAYS: int = 3
    """Days of those on which they must have come."""

    MAX_REVIEWS_SHOWN: int = 2
    """Skills due for a review that are shown to a learner at a time."""

    LINK_MIN_DIFFERENCE: float = 0.25
    """How much more of those who missed a question must have passed its lesson over than of the others."""

    LINK_MAX_P_VALUE: float = 0.01
    """And how unlikely chance alone must be to part them so."""

    HARD_QUIZ_PASS_SHARE: float = 0.5
    """A quiz that fewer than this share pass at the first attempt makes a class finding."""

    KEEP_COURSE_RECORD: bool = True
    """Whether learners may not erase their course record themselves, because others may need it. Operators can."""

    ON_USER_DELETION: str = "erase"
    """What becomes of a learner's data with the host's user: ``"erase"``, or ``"pseudonymise"`` to keep the figures."""

    ACCESS_LOG_DAYS: int = 730
    """Days that it is kept who was shown whose data. 0 keeps it for ever."""

    DOWNLOAD_HOURS: int = 48
    """How long the file with a learner's own data is kept for them to fetch."""

    CONSENT_VERSION: int = 1
    """Raise it when what you tell learners about recording changes: whoever said yes is asked again."""

    NOTICE_PURPOSES: tuple[str, ...] = ()
    """Purposes with another basis than consent, such as ``("engagement",)``: learners are told, and may object."""

    MAX_EVENT_AGE_DAYS: int = 7
    """Older events are refused by the HTTP intake."""

    EVENTS_PER_MINUTE: int = 600
    """Events a learner may send a minute before the intake answers 429."""

    SESSION_CACHE_SECONDS: int = 60
    """How long the intake remembers whose session it is before it asks the database again; 0 asks for each batch."""

    RAW_EVENT_DAYS: int = 180
    """Days that raw events and page views are kept; a daily job deletes others. 0 keeps all."""

    RECORD_EVENT_DAYS: int = 180
    """The same for raw events of the course record, such as completions. Attempts and what was completed stay."""

    JOB_RUN_DAYS: int = 14
    """Days that the records of job runs are kept; the newest of each job stays."""

    QUARANTINE_MAX: int = 50_000
    """Events and attempts of unknown courses, units or users that are kept apart; browsers may fill half of it."""

    QUARANTINE_MAX_PER_LEARNER: int = 200
    """Events of one learner among them."""

    QUARANTINE_DAYS: int = 30
    """Days after which what is in quarantine and still unknown is deleted, and counted."""

    CELERY_QUEUE: str = "tracking"
    """The Celery queue of all our jobs; a worker that is started without ``-Q`` takes it by itself."""

    ROLLUP_BATCH: int = 2000
    """Marks of the change log that one roll-up transaction claims."""

    ROLLUP_MAX_TRIES: int = 5
    """Times that a mark which cannot be rolled up is tried before it is set aside."""

    ROLLUP_EVERY_SECONDS: int = 10
    """How often the beat schedule looks for marks that no hint announced."""

    QUARANTINE_EVERY_SECONDS: int = 60
    """How often the beat schedule looks for what is in quarantine and known by now."""

    OUTLINE_EVERY_SECONDS: int = 300
    """How often outlines and enrolments are read again from the host."""

    SITE_URL: str = ""
    """Address of the site, such as ``https://lms.example.org``: how courses and learners are named to other systems."""

    API_REQUESTS_PER_MINUTE: int = 600
    """Requests to the API that one user may make a minute before it answers 429."""

    METRICS_TOKEN: str = ""
    """What Prometheus shows (``Authorization: Bearer``) to read ``learning/metrics``. Empty: there is no such page."""

    DELIVERY_EVERY_SECONDS: int = 10
    """How often waiting deliveries are sent."""

    DELIVERY_BATCH: int = 200
    """Deliveries in one request, to a target that takes several at once."""

    DELIVERY_MAX_TRIES: int = 10
    """Times that a delivery is tried, with pauses that double from 10 seconds, before it is set aside."""

    ALLOW_PRIVATE_TARGETS: bool = False
    """Whether deliveries may go to private addresses and over plain HTTP. ``False`` guards the own network."""


EXPIRE_AFTER = timedelta(minutes=10)
"""How long a job on the schedule waits for a worker at least; the next one does the same."""


def get_settings() -> TrackingSettings:
    """Return the settings in force now. Unknown options are left to the system check ``tracking.E001``."""
    return _read()


def beat_schedule(given: Mapping[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    """Return what Celery beat has to do; ``given`` is the host's ``TRACKING`` dict.

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
    # While no worker is there the jobs do not pile up; longer than clocks of two machines differ.
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
    """Return the ``TRACKING`` dict as the host wrote it; empty where it is missing or no mapping."""
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


setting_changed.connect(_forget, dispatch_uid="tracking.conf")
