"""Each reference page has an entry for everything that a host can use, and none for what is gone.

An entry is a heading or the first cell of a table row that begins with a name in backticks.
"""

from __future__ import annotations

import pkgutil
import re
from argparse import _SubParsersAction
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from inspect import getmodule
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import BaseCommand, get_commands, load_command_class
from django.dispatch import Signal
from django.urls import URLPattern

from tracking import events, hooks, signals, templatetags, testing, urls
from tracking.conf import TrackingSettings
from tracking.xapi.conf import XapiSettings

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "tracking"
COMMANDS = sorted(name for name, app in get_commands().items() if app.partition(".")[0] == "tracking")
TAG_LIBRARIES = sorted(module.name for module in pkgutil.iter_modules(templatetags.__path__))


def read_page(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def entries(page: str) -> set[str]:
    return set(re.findall(r"^(?:\| |#{2,} )`([^`]+)`", page, re.MULTILINE))


def section(page: str, heading: str) -> str:
    """Return what lies between ``heading`` and the next heading of the same level."""
    level = heading.partition(" ")[0]
    return f"{page}\n".partition(f"\n{heading}\n")[2].partition(f"\n{level} ")[0]


def routes(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes(pattern.url_patterns, route)


def options(command: BaseCommand) -> set[str]:
    """Return the options of a command and the names of its subcommands, without those that all commands have."""
    common = BaseCommand().create_parser("manage.py", "any")._option_string_actions
    return set(own_options(command.create_parser("manage.py", "any"))) - set(common)


def own_options(parser: Any) -> Iterator[str]:
    for action in parser._actions:
        yield from (name for name in action.option_strings if name.startswith("--"))
        if isinstance(action, _SubParsersAction):
            for name, subparser in action.choices.items():
                yield name
                yield from own_options(subparser)


def test_the_settings_page_has_every_option() -> None:
    found = entries(read_page("settings.md").partition("## Environment")[0])
    assert found == {field.name for field in fields(TrackingSettings)}


def test_the_page_of_xapi_has_every_option_and_check_of_its_app() -> None:
    found = entries(section(read_page("xapi.md"), "## Install"))
    checks = set(re.findall(r"\btracking_xapi\.[EW]\d{3}\b", (PACKAGE / "xapi/checks.py").read_text()))
    prefixed = {f"tracking_xapi.{number}" for number in ("E001", "E002")}
    assert found == {field.name for field in fields(XapiSettings)} | checks | prefixed


def test_the_checks_page_has_every_id() -> None:
    used = {
        check_id
        for path in PACKAGE.rglob("*.py")
        for check_id in re.findall(r"\btracking\.[EW]\d{3}\b", path.read_text())
    }
    assert entries(read_page("checks.md")) == used


def test_the_commands_page_has_every_command() -> None:
    assert set(re.findall(r"^## (\w+)$", read_page("commands.md"), re.MULTILINE)) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_commands_page_has_every_option(name: str) -> None:
    command = load_command_class(get_commands()[name], name)
    told = section(read_page("commands.md"), f"## {name}")
    named = {word for code in re.findall(r"`([^`]+)`", told) for word in code.split()}
    assert options(command) - named == set()


def test_the_events_page_has_every_kind() -> None:
    """Kinds that hosts and other tests registered have payloads of their own."""
    ours = {kind.name for kind in events.all_kinds() if is_ours(kind.payload) and is_constant(kind.name)}
    page = section(read_page("events.md"), "## Kinds")
    assert entries(page) == ours


def is_ours(kind: type) -> bool:
    module = getmodule(kind)
    return module is not None and module.__name__.partition(".")[0] == "tracking"


def is_constant(name: str) -> bool:
    """Return whether the vocabulary itself names the kind: as a string, or as a value that has the name."""
    return any(name in (value, getattr(value, "name", None)) for value in vars(events).values())


def test_the_events_page_has_every_payload() -> None:
    kinds = [kind for kind in events.all_kinds() if is_ours(kind.payload) and is_constant(kind.name)]
    payloads = {kind.payload for kind in kinds if kind.payload.__struct_fields__}
    page = section(read_page("events.md"), "## Payloads")
    told = {
        name: set(re.findall(r"`(\w+)`", row))
        for name, row in re.findall(r"^\| `(\w+)` \|(.*)", page, re.MULTILINE)
    }
    missing = {
        payload.__name__: set(payload.__struct_fields__) - told.get(payload.__name__, set())
        for payload in payloads
    }
    assert {name: left for name, left in missing.items() if left or name not in told} == {}


def test_the_signals_page_has_every_signal() -> None:
    announced = {name for name, value in vars(signals).items() if isinstance(value, Signal)}
    assert entries(read_page("signals.md")) == announced


def test_the_hooks_page_has_every_hook() -> None:
    assert entries(read_page("hooks.md")) == set(hooks.__all__)


def test_the_page_about_testing_has_every_name() -> None:
    modules = [
        import_module(f"tracking.testing.{found.name}") for found in pkgutil.iter_modules(testing.__path__)
    ]
    public = {
        name
        for module in modules
        for name, value in vars(module).items()
        if not name.startswith("_")
        and getattr(value, "__module__", "") == module.__name__
        and callable(value)
    }
    recorder = vars(import_module("tracking.testing.recorder").Recorder)
    lists = {name for name, value in recorder.items() if isinstance(value, property)}
    assert entries(read_page("testing.md")) == public | lists


@pytest.mark.parametrize("name", TAG_LIBRARIES)
def test_the_page_of_template_tags_has_every_tag_and_filter(name: str) -> None:
    library = import_module(f"tracking.templatetags.{name}").register
    told = entries(section(read_page("template-tags.md"), f"## `{{% load {name} %}}`"))
    assert told == {*library.tags, *library.filters}


def test_the_api_page_has_every_route() -> None:
    included: list[Any] = [*urls.urlpatterns]
    [api] = [each for each in included if str(each.pattern) == "api/v1/"]
    told = entries(section(read_page("api.md"), "## Resources"))
    assert told == {route for route in routes(api.url_patterns) if route}


def test_the_page_of_sql_views_has_every_view() -> None:
    views = import_module("tracking.exports.sql_views")
    assert entries(read_page("sql-views.md")) == set(views.view_names())


def test_the_findings_page_has_every_reason() -> None:
    reasons = apps.get_model("tracking", "Finding")._meta.get_field("reason").flatchoices
    page = read_page("findings.md").partition("## What people can do")[0]
    told = entries(page.partition("## Findings about a learner")[2])
    assert told == {value for value, _ in reasons}


@pytest.mark.parametrize("page", sorted((ROOT / "docs/decisions").glob("0*.md")), ids=lambda page: page.stem)
def test_a_decision_is_short_and_has_its_three_parts(page: Path) -> None:
    lines = page.read_text().splitlines()
    assert len(lines) <= 60
    assert [line for line in lines if line.startswith("## ")] == [
        "## Context",
        "## Decision",
        "## Consequences",
    ]
