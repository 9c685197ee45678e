"""What names and describes the parts of a page, for whoever does not see it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

NAMED = re.compile(r' (?:aria-labelledby|aria-describedby|aria-controls|for)="([^"]+)"')
IDS = re.compile(r' id="([^"]+)"')


def test_no_page_has_an_id_twice_and_whatever_is_named_by_another_part_finds_it(
    everything: dict[str, tuple[User, str]], as_: Callable[[User], Client], subtests
) -> None:
    for name, (person, address) in everything.items():
        page = as_(person).get(address).content.decode()
        ids = Counter(IDS.findall(page))
        wanted = {part for names in NAMED.findall(page) for part in names.split()}
        with subtests.test(name):
            assert ([each for each, count in ids.items() if count > 1], wanted - ids.keys()) == ([], set())


def test_a_field_says_what_is_wrong_with_it(lena: User, as_: Callable[[User], Client]) -> None:
    page = (
        as_(lena)
        .get(reverse("tracking:my_time_statement"), {"first": "2026-03-09", "last": "nonsense"})
        .content.decode()
    )
    described = re.search(r' aria-describedby="([^"]+)"', page)
    assert described
    assert re.search(rf'id="{described[1]}"><p class="trk-error">', page)
