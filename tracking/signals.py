"""The signals of ``tracking``. Nothing in ``tracking`` depends on a receiver."""

from django.dispatch import Signal

events_stored = Signal()
"""New events were stored. Sent inside the transaction that stored them, with ``count`` (int) and ``events``, which have
the attributes of ``models.Event``."""

changes_pending = Signal()
"""Changes are pending. Sent after our own transaction, but one of the host may be open: receivers that start work must
wait for the commit."""

attempt_recorded = Signal()
"""An attempt was stored or corrected. Sent inside that transaction, with ``attempt`` (``models.Attempt``)."""

units_completed = Signal()
"""Learners have completed units. Sent inside the transaction that rolled them up, with ``units``, which have the
attributes of ``models.LearnerUnit``. A rebuild may send it again."""

modules_completed = Signal()
"""Learners have completed everything required in a module, or in a course (then ``unit_key`` is empty). Sent after
``units_completed``, with ``modules``, each with ``learner_id``, ``course_key``, ``unit_key`` and ``last_at``."""

finding_opened = Signal()
"""A finding was opened, or reopened because its cause came back soon after it had cleared. Sent inside the transaction
that stored it, with ``finding`` and the moment ``at``."""

finding_cleared = Signal()
"""A finding was cleared because its cause is gone. Sent inside the transaction that cleared it, with ``finding`` and
the moment ``at``."""

action_taken = Signal()
"""A person acted on a finding or a learner. Sent inside the transaction that stored the action, with ``action``."""
