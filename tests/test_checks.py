import pytest
from django.core.checks import run_checks

from courses.tracking_adapter import Adapter as CoursesAdapter
from tracking import lms
from tracking.lms import Answers, Attempt, Completion, Enrolments, Lookup, Node, Structure, Unit

OURS = "tracking.middleware.TrackingMiddleware"


def report():
    """Return what the checks of this app say, as (id, message, hint)."""
    return [(found.id, found.msg, found.hint) for found in run_checks(tags=["tracking"])]


def ids():
    return [found_id for found_id, _, _ in report()]


def test_the_project_as_it_is_has_nothing_to_report():
    assert report() == []


def test_an_unknown_option_is_answered_with_the_one_that_was_meant(settings):
    settings.TRACKING = {"IDLE_SECOND": 30}

    assert report() == [
        ("tracking.E001", "TRACKING has no option 'IDLE_SECOND'.", "Did you mean 'IDLE_SECONDS'?")
    ]


def test_an_option_like_no_other_is_answered_with_all_there_are(settings):
    settings.TRACKING = {"COLOUR": "red"}

    [(found_id, _, hint)] = report()
    assert found_id == "tracking.E001"
    assert hint.startswith("The options are ENABLED, ADAPTER, ")


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ({"IDLE_SECONDS": "60"}, "Give a whole number."),
        ({"IDLE_SECONDS": True}, "Give a whole number."),
        ({"IDLE_SECONDS": 0}, "Give 1 or more."),
        ({"ENGAGED_SECONDS": -1}, "Give 0 or more."),
        ({"SKIMMED_SHARE": 20}, "Give a number from 0 to 1."),
        ({"END_REACHED_PERCENT": 101}, "Give a whole number from 0 to 100."),
        ({"INJECT_SCRIPT": 1}, "Give True or False."),
        ({"BASE_TEMPLATE": None}, "Give a string."),
        ({"XAPI_VERSION": "1.0"}, "Give '1.0.3' or '2.0.0'."),
        ({"LRS_URL": "lrs.example.org"}, "Give an address that begins with https://."),
        ({"NOTICE_PURPOSES": ("record",)}, "Give a tuple of any of engagement, replay, nudges, comparison."),
        ({"REASONS_OFF": "skipped"}, "Give a tuple of strings."),
        ({"NOTICE_PURPOSES": "replay"}, "Give a tuple of any of engagement, replay, nudges, comparison."),
    ],
)
def test_a_value_that_cannot_be_used_is_answered_with_what_can(settings, given, hint):
    settings.TRACKING = given

    [(name, value)] = given.items()
    assert report() == [("tracking.E002", f"TRACKING[{name!r}] is {value!r}.", hint)]


def test_a_reason_that_does_not_exist_cannot_be_switched_off(settings):
    settings.TRACKING = {"REASONS_OFF": ("long_tme", "skipped")}
    message = "TRACKING['REASONS_OFF'] names 'long_tme'."
    assert report() == [("tracking.E002", message, "Did you mean 'long_time'?")]


@pytest.mark.parametrize(
    "given", [{"SKIMMED_SHARE": 1}, {"ENGAGED_SECONDS": 0}, {"END_REACHED_PERCENT": 100}, {"IDLE_SECONDS": 1}]
)
def test_the_ends_of_a_range_can_be_used(settings, given):
    settings.TRACKING = given

    assert report() == []


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"RAW_DAYS": 39}, ["tracking.W004"]),
        ({"RECORD_DAYS": 39}, ["tracking.W004"]),
        ({"RAW_DAYS": 40}, []),
        ({"RAW_DAYS": 0}, []),
        ({"RAW_DAYS": 30, "QUARANTINE_DAYS": 20}, []),
        ({"RAW_DAYS": "39"}, ["tracking.E002"]),
    ],
)
def test_raw_events_are_kept_longer_than_they_may_be_late(settings, given, found):
    settings.TRACKING = given

    assert ids() == found


def test_the_setting_must_be_a_dict(settings):
    settings.TRACKING = ["ENABLED"]

    assert ids() == ["tracking.E002"]


def test_a_base_template_that_does_not_exist_is_reported(settings):
    settings.TRACKING = {"BASE_TEMPLATE": "nowhere.html"}

    assert ids() == ["tracking.E002"]


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("nowhere.Adapter", "The adapter 'nowhere.Adapter' cannot be imported: No module named 'nowhere'."),
        ("courses.models.Course", "'courses.models.Course' is <class 'courses.models.outline.Course'>."),
    ],
)
def test_an_adapter_that_is_none_is_reported(settings, path, problem):
    settings.TRACKING = {"ADAPTER": path}

    [(found_id, message, _)] = report()
    assert (found_id, message.startswith(problem)) == ("tracking.E003", True)


def test_a_host_without_any_adapter_is_told_where_to_put_one(settings):
    settings.INSTALLED_APPS = [
        name for name in settings.INSTALLED_APPS if name not in {"courses", "config.demo"}
    ]
    settings.ROOT_URLCONF = "tests.small_host"

    [(found_id, message, _)] = report()
    assert found_id == "tracking.E003"
    assert "no installed app has a module 'tracking_adapter'" in message


def _without(settings, *names):
    return [name for name in settings.MIDDLEWARE if name not in names]


def test_a_missing_middleware_is_reported(settings):
    settings.MIDDLEWARE = _without(settings, OURS)

    assert ids() == ["tracking.E004"]


def test_a_middleware_before_the_user_is_known_is_reported(settings):
    settings.MIDDLEWARE = [OURS, *_without(settings, OURS)]

    assert ids() == ["tracking.E004"]


def test_a_middleware_that_sees_only_compressed_pages_is_reported(settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.middleware.gzip.GZipMiddleware"]

    assert ids() == ["tracking.W001"]


def test_a_site_wide_cache_must_not_store_what_is_added_for_one_learner(settings):
    update, fetch = (f"django.middleware.cache.{name}CacheMiddleware" for name in ("Update", "FetchFrom"))
    others = _without(settings, OURS)

    settings.MIDDLEWARE = [update, *others, OURS, fetch]
    assert ids() == ["tracking.W002"]

    settings.MIDDLEWARE = [OURS, update, *others, fetch]
    assert ids() == []


@pytest.mark.parametrize("name", ["rest_framework", "django_filters"])
def test_an_app_that_the_pages_need_is_reported_when_missing(settings, name):
    settings.INSTALLED_APPS = [each for each in settings.INSTALLED_APPS if each != name]

    assert report() == [("tracking.E005", f"{name!r} is not installed.", f"Add {name!r} to INSTALLED_APPS.")]


@pytest.mark.urls("courses.urls")
def test_addresses_left_out_are_reported(settings, monkeypatch):
    _declare(settings, monkeypatch)
    assert ids() == ["tracking.W003"]


def test_switched_off_only_the_options_are_checked(settings):
    settings.TRACKING = {"ENABLED": False, "ADAPTER": "nowhere.Adapter"}
    settings.MIDDLEWARE = []

    assert report() == []


def _declare(settings, monkeypatch, **declared):
    """Make an adapter with what is ``declared`` the host's."""
    monkeypatch.setattr(
        "tests.test_checks.Declared", type("Declared", (lms.Adapter,), declared), raising=False
    )
    settings.TRACKING = {"ADAPTER": "tests.test_checks.Declared"}


LESSON = Node("courses.Lesson", course="module__course", kind=lms.UnitKind.LESSON)


def _structure(*nodes, **given):
    return {"structure": Structure("courses.Course", nodes=nodes or (LESSON,), **given)}


@pytest.mark.parametrize(
    ("declared", "faults"),
    [
        (
            {"structure": Structure("courses.Curse")},
            ["'courses.Curse' is not an installed model. Write 'app_label.Model'."],
        ),
        (_structure(title="titel"), ["structure.title: courses.Course has no 'titel' (in 'titel')."]),
        (_structure(key=("slug", "part")), ["structure.key: courses.Course has no 'part' (in 'part')."]),
        (
            _structure(learners="groups"),
            ["structure.learners: 'groups' does not end at auth.User."],
        ),
        (
            _structure(instructors="teachers"),
            ["structure.instructors: courses.Course has no 'teachers' (in 'teachers')."],
        ),
        (
            _structure(learners=Enrolments("courses.Enrolment", course="group", learner="learner")),
            ["Enrolments('courses.Enrolment').course: 'group' does not end at courses.Course."],
        ),
        (
            _structure(Node("courses.Lesson", course="module")),
            ["Node('courses.Lesson').course: 'module' does not end at courses.Course."],
        ),
        (
            _structure(Node("courses.Lesson", course="module__curse")),
            ["Node('courses.Lesson').course: courses.Module has no 'curse' (in 'module__curse')."],
        ),
        (
            _structure(Node("courses.Lesson", course="get_absolute_url")),
            ["Node('courses.Lesson').course: 'get_absolute_url' is no path of fields."],
        ),
        (
            _structure(Node("courses.Lesson")),
            ["Node('courses.Lesson'): nothing says to which course a row belongs."],
        ),
        (
            _structure(Node("courses.Lesson", course="module__course", parent="module")),
            ["Node('courses.Lesson').parent: 'module' does not end at courses.Lesson."],
        ),
        (
            _structure(LESSON, Node("courses.Quiz", course="module__course", prefix="lesson")),
            ["Node('courses.Quiz'): its keys begin like those of 'courses.Lesson': with 'lesson:'."],
        ),
        (
            {"views": {"courses:lesson": Unit("courses.Module", unit="module")}, **_structure()},
            ["views['courses:lesson']: 'courses.Module' is not a node of the structure."],
        ),
        (
            {"views": {"courses:lesson": Unit("courses.Lesson", unit=Lookup(lesson="slag"))}, **_structure()},
            ["views['courses:lesson'].unit: courses.Lesson has no 'slag' (in 'slag')."],
        ),
        (
            {
                "views": {
                    "courses:lesson": Unit("courses.Lesson", unit="lesson", course=Lookup(course="sluq"))
                },
                **_structure(),
            },
            ["views['courses:lesson'].course: courses.Course has no 'sluq' (in 'sluq')."],
        ),
        (
            {"attempts": {"courses.Attempt": Attempt(learner="quiz", unit="quiz")}, **_structure()},
            [
                "attempts['courses.Attempt'].learner: 'quiz' does not end at auth.User.",
                "attempts['courses.Attempt'].unit: 'quiz' does not end at courses.Lesson.",
            ],
        ),
        (
            {"attempts": {"courses.Attempt": Attempt(learner="learner", unit="number", score="scores")}},
            ["attempts['courses.Attempt'].score: courses.Attempt has no 'scores' (in 'scores')."],
        ),
        (
            {
                "attempts": {
                    "courses.Attempt": Attempt(
                        learner="learner",
                        unit="number",
                        answers=Answers(relation="answers", question="query"),
                    )
                }
            },
            ["attempts['courses.Attempt'].answers.question: courses.Answer has no 'query' (in 'query')."],
        ),
        (
            {"completions": {"courses.Attempt": Completion(learner="lerner", unit="quiz")}},
            ["completions['courses.Attempt'].learner: courses.Attempt has no 'lerner' (in 'lerner')."],
        ),
        (
            {"attempts": {"quiz.Sitting": Attempt(learner="user", unit="quiz")}},
            ["'quiz.Sitting' is not an installed model. Write 'app_label.Model'."],
        ),
    ],
)
def test_an_entry_of_the_adapter_that_names_what_the_host_has_not_is_reported(
    settings, monkeypatch, declared, faults
):
    _declare(settings, monkeypatch, **declared)

    found = report()

    assert [message for _, message, _ in found] == faults
    assert {found_id for found_id, _, _ in found} == {"tracking.E006"}
    assert all(hint for _, _, hint in found)


def test_a_near_miss_is_answered_with_what_was_meant(settings, monkeypatch):
    near = type(
        "Near", (CoursesAdapter,), {"attempts": {"courses.Attempt": Attempt(learner="lerner", unit="quiz")}}
    )
    monkeypatch.setattr("tests.test_checks.Declared", near, raising=False)
    settings.TRACKING = {"ADAPTER": "tests.test_checks.Declared"}

    [(_, _, hint)] = report()

    assert hint == "Did you mean 'learner'?"


@pytest.mark.parametrize(
    ("views", "message", "hint"),
    [
        (
            {"courses:leson": Unit(unit="lesson")},
            "views['courses:leson']: no URL leads to it.",
            "'courses:lesson'",
        ),
        ({"lesson": Unit(unit="lesson")}, "views['lesson']: no URL leads to it.", "'courses:lesson'"),
        (
            {"courses.views.lessons.leson": Unit(unit="lesson")},
            "views['courses.views.lessons.leson']: no URL leads to it.",
            "'courses.views.lessons.lesson'",
        ),
    ],
)
def test_a_mapped_view_that_no_url_leads_to_is_answered_with_the_one_that_was_meant(
    settings, monkeypatch, views, message, hint
):
    _declare(settings, monkeypatch, views=views)

    assert report() == [("tracking.E007", message, f"Did you mean {hint}?")]


def test_a_kwarg_that_the_url_lacks_is_answered_with_the_one_that_was_meant(settings, monkeypatch):
    _declare(
        settings, monkeypatch, views={"courses:lesson": Unit(course="course_slug", unit=("module", "leson"))}
    )

    assert report() == [
        (
            "tracking.E008",
            "views['courses:lesson']: its URL has no kwarg 'course_slug'.",
            "Did you mean 'course'?",
        ),
        ("tracking.E008", "views['courses:lesson']: its URL has no kwarg 'leson'.", "Did you mean 'lesson'?"),
    ]


def test_the_kwargs_of_a_lookup_are_asked_for_too(settings, monkeypatch):
    _declare(settings, monkeypatch, views={"courses:lesson": Unit(course=Lookup(pk="pk"), unit="lesson")})

    assert ids() == ["tracking.E008"]


def test_a_view_may_be_mapped_by_its_dotted_path(settings, monkeypatch):
    _declare(
        settings, monkeypatch, views={"courses.views.lessons.lesson": Unit(course="course", unit="lesson")}
    )

    assert report() == []
