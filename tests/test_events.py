"""The register of event kinds: every kind has all of its parts, and what is said by kind is derived from it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from django.utils.functional import Promise

from tracking import events
from tracking.capture import envelope
from tracking.capture.rejections import RejectReason
from tracking.events import EventKind, EventSender, PagePart
from tracking.exceptions import TrackingError, UnknownEventKind
from tracking.models import Event

OURS = sorted(
    (
        kind
        for kind in map(
            events.find_kind, (value for value in vars(events).values() if isinstance(value, str))
        )
        if kind is not None
    ),
    key=lambda kind: kind.name,
)
of_each_kind = pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.name)

SAMPLES: dict[str, dict[str, Any]] = {
    "feature.clicked": {"name": "hint"},
    "form.abandoned": {"name": "quiz"},
    "form.started": {"name": "quiz"},
    "form.submitted": {"name": "quiz"},
    "friction.detected": {"kind": "dead", "element": "button"},
    "media.played": {"name": "clip", "spans": [[0, 9]]},
    "page.details": {"sections": [["why", 4000]]},
    "script.failed": {"name": "TypeError", "path": "/a.js", "line": 3},
}
"""A payload of each kind that the lesson page sums."""


@pytest.fixture
def browserless():
    """A kind that no browser, client or log may send."""
    yield events.register("host.only", senders={EventSender.HOST})
    events.unregister("host.only")


def test_every_registered_kind_has_a_constant_with_its_name() -> None:
    assert [kind.name for kind in OURS] == [kind.name for kind in events.all_kinds()]


@of_each_kind
def test_a_kind_fits_its_column(kind: EventKind) -> None:
    assert 0 < len(kind.name) <= (Event._meta.get_field("kind").max_length or 0)


@of_each_kind
def test_a_kind_has_a_payload_that_refuses_what_it_does_not_know(kind: EventKind) -> None:
    assert kind.payload.__struct_config__.forbid_unknown_fields


@of_each_kind
def test_a_kind_has_a_sender(kind: EventKind) -> None:
    assert kind.senders


@of_each_kind
def test_a_kind_has_a_translated_label(kind: EventKind) -> None:
    assert isinstance(kind.label, Promise)


@of_each_kind
def test_a_kind_has_translated_description(kind: EventKind) -> None:
    assert isinstance(kind.description, Promise)


@pytest.mark.parametrize("part", ["label", "description"])
def test_no_two_kinds_are_said_alike(part: str) -> None:
    texts = [str(getattr(kind, part)) for kind in OURS]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("kind", [kind for kind in OURS if kind.page_sum], ids=lambda kind: kind.name)
def test_what_the_lesson_page_sums_has_entries_in_a_list_of_it(kind: EventKind) -> None:
    assert kind.page_sum is not None
    sample = SAMPLES[kind.name]
    msgspec.convert(sample, kind.payload)
    assert kind.page_sum.part in PagePart
    assert list(kind.page_sum.entries(sample))


def test_a_kind_without_label_and_description_is_shown_by_its_name(browserless: EventKind) -> None:
    assert (browserless.label, browserless.description) == ("host.only", "host.only")


def test_a_browser_does_not_send_a_kind_of_the_host(browserless: EventKind) -> None:
    raw = msgspec.json.encode(
        {"id": "0195a1c2-0000-7000-8000-000000000001", "t": "host.only", "at": 1, "p": {}}
    )
    batch = envelope.Envelope(v=1, sent_at=1, events=[msgspec.Raw(raw)])
    assert envelope.parse_events(batch) == [RejectReason.UNKNOWN_KIND]


def test_a_kind_that_is_taken_back_is_unknown() -> None:
    events.register("soon.gone")
    events.unregister("soon.gone")
    with pytest.raises(UnknownEventKind, match=r"soon\.gone"):
        events.get_kind("soon.gone")
    with pytest.raises(TrackingError):
        events.unregister("soon.gone")


def test_no_index_lists_kinds() -> None:
    """A kind that is added must need no migration."""
    conditions = [repr(index.condition) for index in Event._meta.indexes]
    assert not [each for each in conditions if "kind" in each]
