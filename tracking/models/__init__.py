"""What is stored: raw events and attempts, the change log, outlines, rollups, findings, consent, looks and job runs."""

from tracking.models.access_log import Look
from tracking.models.actions import Action, Dismissal, FindingHandling, Verb
from tracking.models.attempts import Answer, Attempt
from tracking.models.change_log import ChangeMark, Subject
from tracking.models.class_rollups import (
    CourseDay,
    CourseHour,
    CourseWeek,
    FlowEdge,
    GroupDay,
    GroupUnitSummary,
    ModuleSummary,
    UnitSummary,
)
from tracking.models.consent import Consent
from tracking.models.deliveries import Delivery, Topic, Webhook
from tracking.models.downloads import Download, DownloadPart
from tracking.models.events import Event
from tracking.models.findings import ABOUT_CLASS, Audience, Clearing, Finding, Reason
from tracking.models.learner_days import LearnerCourseDay, LearnerUnitDay, View
from tracking.models.learner_rollups import LearnerCourse, LearnerPattern, LearnerUnit
from tracking.models.lrs import DocumentKind, XapiAttachment, XapiDocument, XapiMention, XapiStatement
from tracking.models.mastery import (
    Calibration,
    ItemSummary,
    LearnerRisk,
    LearnerSkill,
    QuestionLink,
    RiskModel,
    RiskThreshold,
)
from tracking.models.nudges import Nudge
from tracking.models.operations import ImportRun, JobRun, Refusal, Tally
from tracking.models.outlines import CourseOutline, Enrolment, OutlineUnit
from tracking.models.quarantine import Cause, HeldRecord
from tracking.models.states import State
from tracking.models.time_rules import TimeRule

__all__ = [
    "ABOUT_CLASS",
    "Action",
    "Answer",
    "Attempt",
    "Audience",
    "Calibration",
    "Cause",
    "ChangeMark",
    "Clearing",
    "Consent",
    "CourseDay",
    "CourseHour",
    "CourseOutline",
    "CourseWeek",
    "Delivery",
    "Dismissal",
    "DocumentKind",
    "Download",
    "DownloadPart",
    "Enrolment",
    "Event",
    "Finding",
    "FindingHandling",
    "FlowEdge",
    "GroupDay",
    "GroupUnitSummary",
    "HeldRecord",
    "ImportRun",
    "ItemSummary",
    "JobRun",
    "LearnerCourse",
    "LearnerCourseDay",
    "LearnerPattern",
    "LearnerRisk",
    "LearnerSkill",
    "LearnerUnit",
    "LearnerUnitDay",
    "Look",
    "ModuleSummary",
    "Nudge",
    "OutlineUnit",
    "QuestionLink",
    "Reason",
    "Refusal",
    "RiskModel",
    "RiskThreshold",
    "State",
    "Subject",
    "Tally",
    "TimeRule",
    "Topic",
    "UnitSummary",
    "Verb",
    "View",
    "Webhook",
    "XapiAttachment",
    "XapiDocument",
    "XapiMention",
    "XapiStatement",
]
