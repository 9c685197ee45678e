"""How the page of a lesson is used."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tracking.reports.lesson import page_usage
from tracking.reports.lesson.page_events import PageEvent, PageEvents
from tracking.reports.lesson.page_usage import FeatureUse, FormUse, MediaUse, PageProblem, SectionUse

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
FIVE = range(5)


def summarise(*rows):
    details = tuple(PageEvent(who, kind, told, None, SINCE) for who, kind, told in rows)
    return page_usage.summarise_page_events(PageEvents(since=SINCE, is_partial=False, details=details))


def test_a_section_is_told_by_the_middle_of_its_readers_in_the_order_of_reading():
    rows = [(n, "page.details", {"sections": [["why", 10_000 + n], ["how", 40_000]]}) for n in FIVE]
    # The same reader again: the events of a view add up.
    rows += [(0, "page.details", {"sections": [["how", 20_000]]})]
    assert summarise(*rows).sections == (
        SectionUse(name="why", learner_count=5, reader_share=1.0, median_seconds=10, heat=10_002 / 40_000),
        SectionUse(name="how", learner_count=5, reader_share=1.0, median_seconds=40, heat=1.0),
    )


def test_clicks_and_troubles_count_people_and_times():
    rows: list[Any] = [(n % 5, "feature.clicked", {"name": "Hint"}) for n in range(9)]
    rows += [(n, "friction.detected", {"kind": "dead", "element": "button", "name": "Play"}) for n in FIVE]
    rows += [(n, "script.failed", {"name": "TypeError", "path": "/a.js", "line": 3}) for n in FIVE]
    found = summarise(*rows)
    assert found.features == (FeatureUse(name="Hint", learner_count=5, click_count=9),)
    assert found.troubles == (
        PageProblem(kind="dead", name="Play", learner_count=5, count=5),
        PageProblem(kind="script", name="TypeError /a.js:3", learner_count=5, count=5),
    )


def test_a_video_says_which_parts_its_viewers_played():
    rows = [(n, "media.played", {"name": "v", "spans": [[0, 50_000]]}) for n in FIVE]
    rows += [(0, "media.played", {"name": "v", "spans": [[50_000, 100_000]]})]
    assert summarise(*rows).media == (
        MediaUse(name="v", learner_count=5, length_seconds=100, played=(1.0,) * 10 + (0.2,) * 10),
    )


def test_a_form_counts_people_not_events():
    rows = [(n, "form.started", {"name": "f"}) for n in [*FIVE, 0, 0]]
    rows += [(n, "form.submitted", {"name": "f"}) for n in range(3)]
    rows += [(4, "form.abandoned", {"name": "f"}), (4, "form.abandoned", {"name": "f"})]
    assert summarise(*rows).forms == (
        FormUse(name="f", started_count=5, submitted_count=3, abandoned_count=1),
    )
