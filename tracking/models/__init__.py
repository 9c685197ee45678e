"""The stored tables, from events and attempts over rollups and findings to the access log."""

from tracking.definitions.reasons import Audience
from tracking.definitions.states import UnitState
from tracking.models.access_log import AccessLogEntry
from tracking.models.actions import Action, ActionKind, DismissReason, FindingTriage
from tracking.models.attempts import Answer, Attempt
from tracking.models.consent import Consent
from tracking.models.course_rollups import (
    CourseDay,
    CourseHour,
    CourseWeek,
    GroupDay,
    GroupUnitStats,
    ModuleStats,
    UnitStats,
    UnitTransition,
)
from tracking.models.deliveries import Delivery, Topic, Webhook
from tracking.models.downloads import Download, DownloadPart
from tracking.models.events import Event
from tracking.models.findings import ClearReason, Finding
from tracking.models.idle_settings import IdleSetting
from tracking.models.learner_rollups import LearnerCourse, LearnerPattern, LearnerUnit
from tracking.models.mastery import (
    Calibration,
    LearnerRisk,
    LearnerSkill,
    QuestionLink,
    QuestionStats,
    RiskModel,
    RiskThreshold,
)
from tracking.models.nudges import Nudge
from tracking.models.operations import ImportRun, JobRun, RejectionCount, Tally
from tracking.models.outlines import CourseOutline, Enrolment, OutlineUnit
from tracking.models.page_views import LearnerCourseDay, LearnerUnitDay, PageView
from tracking.models.pending_changes import PendingChange, RollupStage
from tracking.models.quarantine import QuarantineCause, QuarantinedRecord

__all__ = [
    "AccessLogEntry",
    "Action",
    "ActionKind",
    "Answer",
    "Attempt",
    "Audience",
    "Calibration",
    "ClearReason",
    "Consent",
    "CourseDay",
    "CourseHour",
    "CourseOutline",
    "CourseWeek",
    "Delivery",
    "DismissReason",
    "Download",
    "DownloadPart",
    "Enrolment",
    "Event",
    "Finding",
    "FindingTriage",
    "GroupDay",
    "GroupUnitStats",
    "IdleSetting",
    "ImportRun",
    "JobRun",
    "LearnerCourse",
    "LearnerCourseDay",
    "LearnerPattern",
    "LearnerRisk",
    "LearnerSkill",
    "LearnerUnit",
    "LearnerUnitDay",
    "ModuleStats",
    "Nudge",
    "OutlineUnit",
    "PageView",
    "PendingChange",
    "QuarantineCause",
    "QuarantinedRecord",
    "QuestionLink",
    "QuestionStats",
    "RejectionCount",
    "RiskModel",
    "RiskThreshold",
    "RollupStage",
    "Tally",
    "Topic",
    "UnitState",
    "UnitStats",
    "UnitTransition",
    "Webhook",
]
