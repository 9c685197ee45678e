"""What learning content has said of one learner: a row in every table of this app."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from tracking.xapi.models import XapiAttachment, XapiDocument, XapiMention, XapiStatement


def fill_content(learner: Any, *, at: datetime) -> None:
    """Make a row about ``learner`` in every table of ``tracking.xapi``."""
    statement = XapiStatement.objects.create(
        id=uuid.uuid4(), learner=learner, agent_key="mailto:zz@zz.example", verb="v", happened_at=at,
        statement={"actor": {"mbox": "mailto:zz@zz.example"}},
    )  # fmt: skip
    XapiMention.objects.create(statement=statement, kind="who", name="mailto:zz@zz.example")
    XapiAttachment.objects.create(
        statement=statement, sha2="0" * 64, content_type="text/plain", content=b"Zzlast"
    )
    XapiDocument.objects.create(
        fingerprint=uuid.uuid4().hex, kind="state", name="resume", learner=learner, content_type="text/plain",
        content=b"Zzlast",
    )  # fmt: skip
