"""The house rules that no linter knows."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ["tracking", "courses", "config"]
MOST_LINES = 400
# A module is named for what it knows, and these names know nothing.
BANNED = re.compile(r"(utils?|helpers?|common|misc|core|base|managers?|services|selectors|.*_v\d+)")


def _modules() -> list[Path]:
    """Return the modules that people write; Django writes the migrations."""
    paths = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return [path for path in paths if path.parent.name != "migrations"]


def test_there_are_modules_to_hold_to_the_rules() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in _modules()} == set(PACKAGES)


def test_no_file_of_code_is_longer_than_a_sitting() -> None:
    files = [
        *_modules(),
        *(path for package in PACKAGES for path in (ROOT / package).rglob("static/**/*.js")),
    ]
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in files}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_every_module_is_named_for_what_it_knows() -> None:
    # An abstract base in a folder that already says the subject may be called base.
    names = [path for path in _modules() if path.stem != "base" or len(path.relative_to(ROOT).parts) < 3]
    assert [str(path.relative_to(ROOT)) for path in names if BANNED.fullmatch(path.stem)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_folder_is_named_for_nothing(package: str) -> None:
    folders = [path for path in (ROOT / package).rglob("*/") if (path / "__init__.py").exists()]
    assert [str(path.relative_to(ROOT)) for path in folders if BANNED.fullmatch(path.name)] == []


def test_migrations_of_an_app_follow_one_another_in_a_line() -> None:
    ours = {config.label for config in apps.get_app_configs() if config.name.split(".")[0] in PACKAGES}
    followers = {
        str(node): sorted(child.key[1] for child in node.children if child.key[0] == node.key[0])
        for node in MigrationLoader(None).graph.node_map.values()
        if node.key[0] in ours
    }
    assert {name: after for name, after in followers.items() if len(after) > 1} == {}


def test_the_modules_that_coverage_wants_whole_exist() -> None:
    """A name that is out of date would hold nothing to its floor."""
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["suite"]["whole"]
    assert [name for name in whole if not (ROOT / name).is_file()] == []


@pytest.mark.django_db
def test_the_models_and_the_migrations_agree() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    ("packages", "extras"),
    [(["tracking"], ["postgresql", "redis", "parquet", "testing"]), (["courses", "config"], ["demo"])],
)
def test_what_is_imported_is_declared(packages: list[str], extras: list[str]) -> None:
    """The demo once failed on a fresh machine: a tool for development had brought a package that it imports."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [
        *project["dependencies"],
        *(line for name in extras for line in project["optional-dependencies"][name]),
    ]
    declared = {canonicalize_name(Requirement(line).name) for line in lines}
    homes = packages_distributions()
    imported = {
        name for package in packages for path in (ROOT / package).rglob("*.py") for name in _imports(path)
    }
    foreign = imported - sys.stdlib_module_names - {*PACKAGES, "asgiref"}  # Django itself stands on asgiref.
    undeclared = {
        name
        for name in foreign
        if declared.isdisjoint(canonicalize_name(home) for home in homes.get(name, [name]))
    }
    assert undeclared == set()


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]
