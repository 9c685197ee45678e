"""Find the learner whom an xAPI agent identifies, by account or mail address."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError

from tracking.events import LearnerId
from tracking.xapi import identifiers

IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")


def agent_key(agent: Any) -> str:
    """Return what identifies an agent, always written the same way; empty if nothing does."""
    if not isinstance(agent, dict):
        return ""
    for name in IDENTIFIERS:
        if name in agent:
            return f"{name}:{json.dumps(agent[name], sort_keys=True, separators=(',', ':'))}"
    members = agent.get("member")
    return f"group:{json.dumps(members, sort_keys=True, separators=(',', ':'))}" if members else ""


def find_agent_learner(agent: Any) -> LearnerId | None:
    """Return the key of the learner that ``agent`` stands for: our own name for them, a user name, a mail address."""
    if not isinstance(agent, dict):
        return None
    account = agent.get("account")
    if isinstance(account, dict) and isinstance(account.get("name"), str):
        own = account.get("homePage", "").rstrip("/") == identifiers.site_iri()
        return _by_key(account["name"]) if own else _by("username", account["name"])
    mbox = agent.get("mbox")
    if isinstance(mbox, str) and mbox.startswith("mailto:"):
        return _by("email", mbox.removeprefix("mailto:"))
    return None


def _by_key(text: str) -> LearnerId | None:
    users = get_user_model()._base_manager
    try:
        return users.filter(pk=text).values_list("pk", flat=True).first()
    except (ValueError, ValidationError, OverflowError):
        return None


def _by(name: str, text: str) -> LearnerId | None:
    """Return the one user with that name or address; ``None`` if two have it, or the model has no such field."""
    model = get_user_model()
    field = model.USERNAME_FIELD if name == "username" else model.get_email_field_name()
    if not text or "\x00" in text:
        return None
    found = list(model._base_manager.filter(**{field: text}).values_list("pk", flat=True)[:2])
    return found[0] if len(found) == 1 else None
