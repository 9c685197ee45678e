"""The adapter: the host's description of its courses, pages and attempts.

The host subclasses ``Adapter`` in a ``tracking_adapter`` module of one of its apps and imports what it needs from here.
"""

from tracking.events import ConsentRequirement, Purpose, UnitKind
from tracking.lms.adapter import Adapter
from tracking.lms.declarations import (
    AccessFields,
    AnswerFields,
    AttemptFields,
    CompletionFields,
    EnrolmentFields,
    Lookup,
    Node,
    Page,
    Structure,
    Unit,
)
from tracking.lms.discovery import get_adapter
from tracking.lms.values import AnswerRecord, AttemptRecord, EnrolmentRecord, Outline, OutlineNode, UnitRef

__all__ = [
    "AccessFields",
    "Adapter",
    "AnswerFields",
    "AnswerRecord",
    "AttemptFields",
    "AttemptRecord",
    "CompletionFields",
    "ConsentRequirement",
    "EnrolmentFields",
    "EnrolmentRecord",
    "Lookup",
    "Node",
    "Outline",
    "OutlineNode",
    "Page",
    "Purpose",
    "Structure",
    "Unit",
    "UnitKind",
    "UnitRef",
    "get_adapter",
]
