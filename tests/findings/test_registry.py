"""The register of finding rules: every rule has all of its parts, and what is said by reason is derived from it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from dataclasses import fields
from types import ModuleType

import pytest
from django.db.migrations.writer import MigrationWriter
from django.utils.functional import Promise

from tracking.conf import TrackingSettings
from tracking.definitions import reasons
from tracking.findings import rules
from tracking.findings.rules.rule import LearnerRule, Rule
from tracking.models import Audience, Finding

MODULES = [
    importlib.import_module(f"{rules.__name__}.{module.name}")
    for module in pkgutil.iter_modules(rules.__path__)
]
DECLARED = [rule for module in MODULES for rule in vars(module).values() if isinstance(rule, Rule)]
RULES = list(rules.BY_REASON.values())
of_each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.reason)
of_each_learner_rule = pytest.mark.parametrize("rule", rules.ABOUT_LEARNERS, ids=lambda rule: rule.reason)


def test_every_rule_that_is_written_is_registered() -> None:
    assert {rule.reason for rule in DECLARED} == set(rules.BY_REASON)


def test_no_two_rules_have_one_reason() -> None:
    assert len(rules.ABOUT_LEARNERS) + len(rules.ABOUT_CLASSES) == len(rules.BY_REASON)


@of_each_rule
def test_a_reason_fits_its_column(rule: Rule) -> None:
    assert 0 < len(rule.reason) <= (Finding._meta.get_field("reason").max_length or 0)


@of_each_rule
def test_a_rule_has_a_translated_label(rule: Rule) -> None:
    assert isinstance(rule.label, Promise)


@of_each_rule
def test_a_rule_has_an_audience(rule: Rule) -> None:
    assert rule.audiences
    assert rule.audiences <= set(Audience)


@of_each_rule
def test_a_rule_has_thresholds_that_are_settings(rule: Rule) -> None:
    assert set(rule.thresholds) <= {field.name for field in fields(TrackingSettings)}


@of_each_rule
def test_a_rule_finds_something(rule: Rule) -> None:
    assert callable(getattr(rule, "find", None))


@of_each_rule
def test_a_rule_has_a_sentence_for_the_instructor(rule: Rule) -> None:
    assert is_text(rule.to_instructor)


@of_each_rule
def test_a_rule_has_a_next_step(rule: Rule) -> None:
    assert is_text(rule.next_step)


@of_each_learner_rule
def test_a_rule_about_a_learner_has_a_sentence_for_the_learner(rule: LearnerRule) -> None:
    assert is_text(rule.to_learner)


@of_each_learner_rule
def test_a_rule_about_a_learner_has_a_label_for_the_learner(rule: LearnerRule) -> None:
    assert isinstance(rule.label_to_learner, Promise)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_setting_that_a_rule_reads_is_named_as_a_threshold(module: ModuleType) -> None:
    read = set(re.findall(r"\bsettings\.([A-Z_]+)", inspect.getsource(module)))
    named = {name for rule in vars(module).values() if isinstance(rule, Rule) for name in rule.thresholds}
    assert read <= named


def test_the_choices_of_a_finding_are_the_reasons_of_the_rules() -> None:
    choices = Finding._meta.get_field("reason").flatchoices
    assert [(value, str(label)) for value, label in choices] == [
        (rule.reason, str(rule.label)) for rule in RULES
    ]


def test_a_new_reason_needs_no_migration() -> None:
    """Migrations name the function that returns the choices, and none of the reasons."""
    text, _ = MigrationWriter.serialize(Finding._meta.get_field("reason"))
    assert "reason_choices" in text
    assert not [reason for reason in rules.BY_REASON if f"'{reason}'" in text]


@pytest.mark.parametrize("audience", list(Audience))
def test_what_is_hidden_from_an_audience_is_what_no_rule_of_theirs_says(audience: Audience) -> None:
    assert reasons.reasons_hidden_from(audience) == [
        rule.reason for rule in RULES if audience not in rule.audiences
    ]


def is_text(value: object) -> bool:
    """Return whether ``value`` is a translated template or makes a text."""
    return isinstance(value, Promise) or callable(value)
