"""What is in quarantine, what was refused, and how the host learns of more."""

from tests.school import node
from tracking.capture.ingest import IngestResult
from tracking.models import QuarantinedRecord, RejectionCount

HELD = IngestResult(accepted_count=0, duplicate_count=0, quarantined_count=1)


def held():
    return list(
        QuarantinedRecord.objects.order_by("pk").values_list(
            "cause", "kind", "course_key", "unit_key", "learner_id"
        )
    )


def refusals():
    return dict(RejectionCount.objects.values_list("reason", "rejected_count"))


def learn(school, *keys):
    """Let the host have more lessons."""
    school.change("c", nodes=(*school.outlines["c"].nodes, *map(node, keys)))
