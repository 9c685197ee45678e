"""A map from the columns of a foreign log to ours: what it can say, and what it is told where it is wrong."""

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError

from tracking.models import Attempt, Event, ImportRun

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MAP = """
[columns]
learner = "{who}"
course = "c"
unit = "{page:lower}"
kind = "unit.accessed"
at = "{when}"
"""
LOG = "who,page,when\nlena,A,2026-03-01T12:00Z\n"


@pytest.fixture
def run_map(run_import, write):
    """Import a log by a map, with further files beside it, and return what the command said."""

    def run(row_map, log=LOG, *options, **files):
        for name, content in files.items():
            write(f"{name}.csv", content)
        return run_import(
            write("log.csv", log), "--map", str(write("map.toml", row_map)), "--rejects", "", *options
        )

    return run


def account():
    run = ImportRun.objects.get()
    return run.read_count, run.accepted_count, run.duplicate_count, run.rejected_counts


def units():
    return sorted(Event.objects.values_list("unit_key", flat=True))


def with_moment(text):
    return MAP.replace('at = "{when}"', f"at = {text}")


def test_columns_are_made_of_theirs_and_of_words(run_map):
    run_map(MAP)
    assert list(Event.objects.values_list("course_key", "unit_key", "kind", "happened_at")) == [
        ("c", "a", "unit.accessed", NOON)
    ]


@pytest.mark.parametrize(
    ("rule", "cell"),
    [
        ('"{when}"', "2026-03-01"),
        ('"{when}"', "2026-03-01T21:00:00+09:00"),
        ('{ value = "{when}", as = "epoch_s" }', "1772366400"),
        ('{ value = "{when}", as = "epoch_ms" }', "1772366400000"),
        ('{ value = "{when}", as = "day", day_zero = "2026-02-20" }', "9"),
        ('{ value = "{when}", as = "day", day_zero = "2026-03-11" }', "-10"),
    ],
)
def test_a_moment_may_be_written_in_many_ways(run_map, rule, cell):
    run_map(with_moment(rule), f"who,page,when\nlena,a,{cell}\n")
    assert Event.objects.get().happened_at == NOON


def test_a_moment_without_an_offset_is_in_the_zone_of_the_map(run_map):
    run_map('zone = "Asia/Tokyo"\n' + MAP, "who,page,when\nlena,a,2026-03-01T21:00:00\n")
    assert Event.objects.get().happened_at == NOON


def test_words_are_translated_by_a_table(run_map):
    row_map = MAP.replace('"unit.accessed"', '{ value = "{did}", table = { read = "unit.accessed" } }')
    run_map(row_map, "who,page,when,did\nlena,a,2026-03-01,read\nlena,a,2026-03-01,ate\n")
    assert account() == (2, 1, 0, {"bad_row": 1})


def test_numbers_are_scaled_and_held_against_a_mark(run_map):
    row_map = MAP.replace('"unit.accessed"', '"attempt"').replace('"{page:lower}"', '"q"') + (
        'score = { value = "{points}", scale = 0.5 }\nmax_score = "10"\n'
        'passed = { value = "{points}", at_least = "8" }\nattempt = "{when}"'
    )
    run_map(row_map, "who,when,points\nlena,2026-03-01,8\nlena,2026-03-02,7\nlena,2026-03-03,\n")
    assert list(Attempt.objects.order_by("started_at").values_list("score", "max_score", "is_passed")) == [
        (4, 10, True),
        (3.5, 10, False),
        (None, 10, None),
    ]


@pytest.mark.parametrize(
    "only", ['one_of = ["1", "2"]', 'at_least = "1"\nat_most = "2"', 'at_least = "0.5"\nat_most = "{most}"']
)
def test_rows_that_the_map_does_not_ask_for_are_left_out(run_map, only):
    log = "who,page,when,week,most\n" + "".join(f"lena,a,2026-03-01,{week},2\n" for week in range(5))
    run_map(f'{MAP}\n[[only]]\nvalue = "{{week}}"\n{only}\n', log)
    assert account() == (5, 2, 0, {"left_out": 3})


LOOKUP = MAP.replace("{page:lower}", "{pages.unit}") + (
    '[lookups.pages]\nfile = "pages.csv"\ncolumn = "number"\nkey = "{page}"\n'
)
NUMBERED = "who,page,when\nlena,1,2026-03-01\nlena,9,2026-03-01\nlena,2,2026-03-01\n"
PAGES = "number,unit\n1,a\n2,b\n"


def test_a_second_file_says_what_a_row_means(run_map):
    run_map(LOOKUP, NUMBERED, pages=PAGES)
    assert units() == ["a", "b"]
    assert account() == (3, 2, 0, {"bad_row": 1})


def test_rows_that_a_second_file_does_not_know_can_be_left_out(run_map):
    run_map(LOOKUP + 'missing = "leave_out"\n', NUMBERED, pages=PAGES)
    assert account() == (3, 2, 0, {"left_out": 1})


def test_a_second_file_may_be_named_on_the_command_line(run_map, write):
    path = write("elsewhere.csv", PAGES)
    run_map(LOOKUP, NUMBERED, "--lookup", f"pages={path}")
    assert units() == ["a", "b"]


def test_another_map_is_another_import_of_the_same_log(run_map):
    run_map(MAP)
    assert "already imported" in run_map(MAP)
    assert "already imported" not in run_map(MAP.replace("{page:lower}", "b"))


@pytest.mark.parametrize(
    ("row_map", "words"),
    [
        (MAP.replace("{who}", "{whom}"), "There is no column 'whom'. Did you mean 'who'?"),
        (
            MAP.replace("learner =", "lerner ="),
            "'lerner' is not a column in .*map.toml. Did you mean 'learner'?",
        ),
        (MAP.replace("[columns]", "[colums]"), "'colums' is not a part of the map.* Did you mean 'columns'?"),
        (MAP.replace('course = "c"\n', ""), "The log has no source for course"),
        (MAP.replace(":lower", ":small"), "'small' in {page:small} is not known"),
        (MAP.replace("{page:lower}", "{page"), "is not a template: .* To write a brace, double it"),
        (
            with_moment('{ value = "{when}", as = "epoch" }'),
            "as = 'epoch' is not a known format. Did you mean 'epoch_s'",
        ),
        (with_moment('{ value = "{when}", form = "iso" }'), "unknown field `form`"),
        ('zone = "Mars"\n' + MAP, "'Mars' is not a time zone. Write it like Europe/London"),
        (MAP + "[columns]\n", "map.toml cannot be used: Cannot declare"),
        (LOOKUP, "lookup .*pages.csv cannot be read: .*No such file"),
    ],
)
def test_a_map_that_is_wrong_says_what_and_what_was_probably_meant(run_map, row_map, words):
    with pytest.raises(CommandError, match=words):
        run_map(row_map)
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("row_map", "words"),
    [
        (LOOKUP.replace('"number"', '"nummer"'), "has no column 'nummer'. Did you mean 'number'?"),
        (
            LOOKUP.replace("{pages.unit}", "{pages.unti}"),
            "has no column 'unti', or no rows. Did you mean 'unit'?",
        ),
        (LOOKUP.replace("{pages.unit}", "{page.unit}"), "no column 'page.unit'. Did you mean 'pages.unit'?"),
        (LOOKUP.replace('key = "{page}"', 'key = "{paeg}"'), "no column 'paeg'. Did you mean 'page'?"),
    ],
)
def test_a_lookup_that_is_wrong_says_what_was_probably_meant(run_map, row_map, words):
    with pytest.raises(CommandError, match=words):
        run_map(row_map, NUMBERED, pages=PAGES)


def test_a_lookup_that_the_map_does_not_have_is_named(run_map):
    with pytest.raises(CommandError, match=r"'page' is not a lookup in .*map\.toml\. Did you mean 'pages'\?"):
        run_map(LOOKUP, NUMBERED, "--lookup", "page=pages.csv", pages=PAGES)
