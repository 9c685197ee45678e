"""What a learner answered elsewhere: in a question of the host's own, on paper, or through a parent."""

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
    """Record what ``learner``, a user or a primary key, said: yes, no, or with ``None`` "not now".

    ``source`` says where, in at most 40 letters, such as ``"enrolment form"``. Return whether it was recorded: no yes
    is of somebody who may not agree alone (``Adapter.may_consent``). What is wrong with the call is logged, not raised.
    """
    with guarded("Recording a consent answer"):
        RECORDS[is_granted](pk_or_value(learner), purposes, source=source[:40])
        return True
    return False
