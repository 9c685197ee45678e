"""Tables of the page about one lesson or quiz as CSV files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from tracking.dashboards import csv_files
from tracking.dashboards.csv_files import CsvTable
from tracking.reports.course.hard_questions import HardQuestion
from tracking.reports.lesson.overview import LessonFigures

STEPS = {"step": "step.value", "learners": "count", "share": "share"}
STATES = ("state", "learners")
SCROLL = {"percent": "percent", "share": "share"}
LINKS = {
    "quiz_key": "quiz_key", "quiz": "quiz_title", "question": "question_key", "lesson_key": "lesson_key",
    "lesson": "lesson_title", "missed": "missed_count", "missed_not_covered_share": "missed_not_covered_share",
    "right": "right_count", "right_not_covered_share": "right_not_covered_share", "p_value": "p_value",
}  # fmt: skip
SECTIONS = {"section": "name", "learners": "learner_count", "reader_share": "reader_share",
            "median_seconds": "median_seconds"}  # fmt: skip
FEATURES = {"feature": "name", "learners": "learner_count", "clicks": "click_count"}
FORMS = {
    "form": "name",
    "started": "started_count",
    "submitted": "submitted_count",
    "abandoned": "abandoned_count",
}
QUESTIONS = (
    "quiz_key", "quiz", "question", "learners", "first_correct_share", "correct_share", "answers", "discrimination",
    "wrong_options",
)  # fmt: skip
ATTEMPTS = ("attempt_number", "learners", "attempts", "mean_share", "passed_share")
FRICTION = ("kind", "name", "learners", "times")
SIGNS = {
    "opened": "learner_count", "rage": "rage_count", "dead": "dead_count", "quick_back": "quick_back_count",
    "thrashing": "thrashing_count", "form_begun": "begun_count", "form_abandoned": "abandoned_count",
}  # fmt: skip


def lesson_tables(found: LessonFigures) -> Mapping[str, Callable[[], CsvTable]]:
    """Return the tables of the page by the name that ``?table=`` takes."""
    return {
        "funnel": partial(csv_files.csv_table, STEPS, found.funnel),
        "states": partial(states_csv, found),
        "scroll": partial(csv_files.csv_table, SCROLL, found.scroll),
        "attempts": partial(attempts_csv, found),
        "questions": partial(lesson_questions_csv, found.questions),
        "links": partial(csv_files.csv_table, LINKS, found.links),
        "friction": partial(friction_csv, found),
        "sections": partial(csv_files.csv_table, SECTIONS, found.use.sections),
        "features": partial(csv_files.csv_table, FEATURES, found.use.features),
        "forms": partial(csv_files.csv_table, FORMS, found.use.forms),
        "media": partial(media_csv, found),
    }


def states_csv(found: LessonFigures) -> CsvTable:
    """Return the number of learners in each state, and last the number who do not share their activity."""
    counted = [(each.state.value, each.count) for each in found.states]
    not_sharing = [("not_shared", found.not_sharing_count)] if found.not_sharing_count else []
    return CsvTable(columns=STATES, rows=[*counted, *not_sharing])


def lesson_questions_csv(found: Iterable[HardQuestion]) -> CsvTable:
    """Return ``found``, one question a line."""
    return CsvTable(
        columns=QUESTIONS,
        rows=(
            (
                each.unit_key,
                each.unit_title,
                each.item.question_key,
                each.item.learner_count,
                each.item.first_correct_share,
                each.item.correct_share,
                each.item.answer_count,
                each.item.discrimination,
                "; ".join(option.key for option in each.wrong),
            )
            for each in found
        ),
    )


def attempts_csv(found: LessonFigures) -> CsvTable:
    """Return the attempts at a quiz, one line for all first attempts, one for all second attempts, and so on."""
    return CsvTable(
        columns=ATTEMPTS,
        rows=(
            (
                each.attempt_number or "all",
                each.learner_count,
                each.try_count,
                each.mean_share,
                each.passed_share,
            )
            for each in found.attempts
        ),
    )


def friction_csv(found: LessonFigures) -> CsvTable:
    """Return the signs of friction, then the dead clicks and script errors by name."""
    signs = [(kind, "", getattr(found.friction, count), None) for kind, count in SIGNS.items()]
    troubles = [(each.kind, each.name, each.learner_count, each.count) for each in found.use.troubles]
    return CsvTable(columns=FRICTION, rows=[*signs, *troubles])


def media_csv(found: LessonFigures) -> CsvTable:
    """Return one line for each part of each video or audio."""
    return CsvTable(
        columns=("medium", "learners", "length_seconds", "part", "played_share"),
        rows=(
            (medium.name, medium.learner_count, medium.length_seconds, part, share)
            for medium in found.use.media
            for part, share in enumerate(medium.played, 1)
        ),
    )
