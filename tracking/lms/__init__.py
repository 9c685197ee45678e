"""The adapter: how the host answers our questions.

A host subclasses ``Adapter`` in a module ``tracking_adapter`` of one of its apps, and imports what it needs from here.
"""

from tracking.events import Purpose, Rule, UnitKind
from tracking.lms.adapter import Adapter
from tracking.lms.declarations import (
    Access,
    Answers,
    Attempt,
    Completion,
    Enrolments,
    Lookup,
    Node,
    Page,
    Structure,
    Unit,
)
from tracking.lms.discovery import get_adapter
from tracking.lms.values import AnswerRecord, AttemptRecord, Enrolled, Outline, OutlineNode, UnitRef

__all__ = [
    "Access",
    "Adapter",
    "AnswerRecord",
    "Answers",
    "Attempt",
    "AttemptRecord",
    "Completion",
    "Enrolled",
    "Enrolments",
    "Lookup",
    "Node",
    "Outline",
    "OutlineNode",
    "Page",
    "Purpose",
    "Rule",
    "Structure",
    "Unit",
    "UnitKind",
    "UnitRef",
    "get_adapter",
]
