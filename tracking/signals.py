"""What ``tracking`` announces. Nothing here depends on anybody listening."""

from django.dispatch import Signal

events_stored = Signal()
"""New events were stored. Sent inside the transaction that stored them, with ``count`` (int) and ``events``, which have
the attributes of ``models.Event``."""

changes_pending = Signal()
"""Marks wait to be rolled up. Sent when they are stored, in no transaction of ours: listeners wait for the commit."""

attempt_recorded = Signal()
"""An attempt was stored or corrected. Sent inside that transaction, with ``attempt`` (``models.Attempt``)."""

units_completed = Signal()
"""Learners have completed units. Sent inside the transaction that rolled it up, with ``units``, which have the
attributes of ``models.LearnerUnit``. A rebuild of the rows may send it again."""

modules_completed = Signal()
"""Learners have completed all that is required in a module, or in a course: then ``unit_key`` is empty. Sent after
``units_completed``, with ``modules``, each with ``learner_id``, ``course_key``, ``unit_key`` and ``last_at``."""

finding_opened = Signal()
"""An area to reinforce was found, or its cause is back soon after it had gone: then the same finding opens again. Sent
inside the transaction that stored it, with ``finding`` and the moment ``at``."""

finding_cleared = Signal()
"""The cause of a finding is gone. Sent inside the transaction that cleared it, with ``finding`` and the moment
``at``."""

action_taken = Signal()
"""Somebody did something about a finding or a learner. Sent inside the transaction that stored it, with ``action``."""
