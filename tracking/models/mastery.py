"""What learners can do and how questions behave, computed by the jobs from attempts and answers.

Every row here can be recomputed from its source.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from tracking.models.keys import KEY_LENGTH
from tracking.models.rows import Row, WriterManager


class LearnerSkill(Row):
    """One learner in one skill of a course: ``correct_count`` of ``answered_count`` answers, and estimates.

    ``skill_key`` is the key of the quiz if no skills are named. ``expected_share`` is how likely the next answer is to
    be right, and ``observed_share`` the share right so far; ``Calibration`` says which of them to use. ``unit_key`` is
    the quiz of the last answer. ``review_due_at`` is empty until there is something to forget.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    course_key = models.CharField(max_length=KEY_LENGTH)
    skill_key = models.CharField(max_length=KEY_LENGTH)
    unit_key = models.CharField(max_length=KEY_LENGTH)
    answered_count = models.PositiveIntegerField()
    correct_count = models.PositiveIntegerField()
    expected_share = models.FloatField()
    observed_share = models.FloatField()
    current_run_count = models.PositiveIntegerField()
    """Right answers in a row, up to the last one."""
    longest_run_count = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    half_life_days = models.FloatField(null=True, blank=True)
    review_due_at = models.DateTimeField(null=True, blank=True)

    objects = WriterManager()

    class Meta:
        indexes = [
            # The class page reads one skill over all learners of a course.
            models.Index(fields=["course_key", "skill_key"], name="tracking_learner_skill_class"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "course_key", "skill_key"], name="tracking_learner_skill_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(correct_count__lte=models.F("answered_count")),
                name="tracking_learner_skill_correct_within_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill_key} of {self.course_key}: {self.correct_count} of {self.answered_count}"


class Calibration(Row):
    """What was learned from a course's answers about its items and skills, and how accurate the mastery model is there.

    ``items`` and ``skills`` are difficulties on the logit scale by key; ``weights`` are those of the model's inputs.
    The areas under the curve were measured on learners from whom the model had not learned; each is empty if there were
    too few. ``is_stale`` requests another calibration.
    """

    course_key = models.CharField(max_length=KEY_LENGTH, primary_key=True)
    calibrated_at = models.DateTimeField(default=timezone.now)
    learner_count = models.PositiveIntegerField(default=0)
    answer_count = models.PositiveIntegerField(default=0)
    items = models.JSONField(default=dict)
    skills = models.JSONField(default=dict)
    weights = models.JSONField(default=list)
    auc = models.FloatField(null=True, blank=True)
    compared_learner_count = models.PositiveIntegerField(default=0)
    """Pairs of learner and skill for which both flags were compared."""
    flag_auc = models.FloatField(null=True, blank=True)
    observed_flag_auc = models.FloatField(null=True, blank=True)
    uses_observed_share = models.BooleanField(default=True)
    """Whether the observed share is the better flag here, or the other has not been shown to be better."""
    is_stale = models.BooleanField(default=False)

    objects = WriterManager()

    def __str__(self) -> str:
        return f"calibration of {self.course_key} from {self.answer_count} answers"


class QuestionStats(Row):
    """One question over all enrolled learners of the course, in counts.

    ``learner_count`` learners answered it at all; ``first_correct_count`` of them were right on the first attempt.
    ``options`` says how often each option was chosen in a first answer, right or wrong: ``{"a": [right, wrong]}``.
    ``lesson_keys`` are the lessons on which any answer says the question draws, sorted.
    """

    course_key = models.CharField(max_length=KEY_LENGTH)
    unit_key = models.CharField(max_length=KEY_LENGTH)
    question_key = models.CharField(max_length=KEY_LENGTH)
    learner_count = models.PositiveIntegerField()
    first_correct_count = models.PositiveIntegerField()
    answer_count = models.PositiveIntegerField()
    correct_count = models.PositiveIntegerField()
    succeeded_count = models.PositiveIntegerField()
    """Learners who were right in any attempt."""
    attempts_to_success_count = models.PositiveIntegerField()
    """Attempts that those learners needed until then, in total."""
    gained_count = models.PositiveIntegerField()
    """From one attempt to the next: wrong, then right."""
    unchanged_count = models.PositiveIntegerField()
    lost_count = models.PositiveIntegerField()
    discrimination_count = models.PositiveIntegerField()
    """Learners behind ``discrimination``: those with other answers in the same first attempt."""
    discrimination = models.FloatField(null=True, blank=True)
    """Correlation of a right answer here with the share right in the rest; empty if it is not defined."""
    options = models.JSONField(default=dict)
    lesson_keys = models.JSONField(default=list)

    objects = WriterManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course_key", "unit_key", "question_key"], name="tracking_question_stats_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_key}/{self.unit_key}/{self.question_key}"


class QuestionLink(Row):
    """One question and one lesson that it draws on, over the first attempts of a class: four counts of learners.

    Only learners who share activity and are not excused from the lesson are counted.
    """

    course_key = models.CharField(max_length=KEY_LENGTH)
    quiz_key = models.CharField(max_length=KEY_LENGTH)
    question_key = models.CharField(max_length=KEY_LENGTH)
    lesson_key = models.CharField(max_length=KEY_LENGTH)
    missed_count = models.PositiveIntegerField()
    missed_not_covered_count = models.PositiveIntegerField()
    """Of those who missed the question, learners who had not covered the lesson."""
    right_count = models.PositiveIntegerField()
    right_not_covered_count = models.PositiveIntegerField()

    objects = WriterManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course_key", "quiz_key", "question_key", "lesson_key"],
                name="tracking_question_link_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_key}/{self.quiz_key}/{self.question_key} draws on {self.lesson_key}"


class LearnerRisk(Row):
    """How likely one learner is not to finish a running course, as of ``assessed_at``.

    ``score`` is the sum of ``components``, each ``[name, points, value]``. ``probability`` is the prediction of the
    trained model, if it is enabled.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    course_key = models.CharField(max_length=KEY_LENGTH)
    day = models.PositiveSmallIntegerField()
    """Days of the course so far, including the day of the assessment."""
    score = models.FloatField()
    components = models.JSONField(default=list)
    probability = models.FloatField(null=True, blank=True)
    assessed_at = models.DateTimeField(default=timezone.now)

    objects = WriterManager()

    class Meta:
        indexes = [
            # The class page lists the learners of a course, those most at risk first.
            models.Index(fields=["course_key", "-score"], name="tracking_learner_risk_class"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["learner", "course_key"], name="tracking_learner_risk_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.course_key}: {self.score:.2f}"


class RiskModel(Row):
    """A logistic regression trained on the site's own finished courses, with its accuracy on those left out.

    At most one is enabled.
    """

    trained_at = models.DateTimeField(default=timezone.now)
    course_keys = models.JSONField(default=list)
    learner_count = models.PositiveIntegerField()
    weights = models.JSONField(default=dict)
    """By day of the course: the weights of the components, in their order, the constant first."""
    accuracy = models.JSONField(default=list)
    """By day: ``{"day", "n", "auc", "score_auc"}``, measured on courses or learners that were not trained on."""
    is_enabled = models.BooleanField(default=False)

    objects = WriterManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_enabled"],
                condition=models.Q(is_enabled=True),
                name="tracking_risk_model_one_enabled",
            ),
        ]

    def __str__(self) -> str:
        return f"risk model of {self.trained_at:%Y-%m-%d}"


class RiskThreshold(Row):
    """The score from which learners of one course are at risk, if an instructor has changed it."""

    course_key = models.CharField(max_length=KEY_LENGTH, primary_key=True)
    threshold = models.FloatField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    changed_at = models.DateTimeField(default=timezone.now)

    objects = WriterManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(threshold__gte=0) & models.Q(threshold__lte=1),
                name="tracking_risk_threshold_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_key}: at risk from {self.threshold:.2f}"
