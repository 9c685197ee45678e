"""Records consent that a learner gave elsewhere: in the host's own form, on paper, or through a parent."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tracking.events import Purpose
from tracking.hooks.boundary import guarded
from tracking.lms.paths import pk_or_value
from tracking.privacy import consent

RECORDS = {True: consent.grant, False: consent.refuse, None: consent.postpone_consent}


def record_consent(
    learner: Any, purposes: Collection[Purpose], *, is_granted: bool | None, source: str
) -> bool:
    """Record the answer of ``learner``, a user or a primary key: yes, no, or with ``None`` "not now".

    ``source`` names where it was given in at most 40 characters, such as ``"enrolment form"``. Returns whether it was
    recorded: a yes is not if the learner may not agree alone (``Adapter.may_consent``). Errors are logged, not raised.
    """
    with guarded("Recording a consent answer"):
        RECORDS[is_granted](pk_or_value(learner), purposes, source=source[:40])
        return True
    # guarded() has suppressed an exception.
    return False
