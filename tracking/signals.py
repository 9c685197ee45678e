"""What ``tracking`` announces. Nothing here depends on anybody listening."""

from django.dispatch import Signal

events_written = Signal()
"""New events were stored. Sent inside the transaction that stored them, with ``count`` (int)."""

attempt_recorded = Signal()
"""An attempt was stored or corrected. Sent inside that transaction, with ``attempt`` (``models.Attempt``)."""

finding_opened = Signal()
"""An area to reinforce was found. Sent inside the transaction that stored it, with ``finding``."""

finding_cleared = Signal()
"""The cause of a finding is gone. Sent inside the transaction that cleared it, with ``finding``."""

action_taken = Signal()
"""Somebody did something about a finding or a learner. Sent inside the transaction that stored it, with ``action``."""
