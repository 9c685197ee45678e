"""Simulated people: their names, and how each of them learns."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

EMAIL_DOMAIN = "simulated.invalid"
"""The domain of their email addresses. It cannot exist (RFC 2606), so no message reaches a real person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person's name and username."""

    username: str
    given: str
    family: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """How a person learns. Probabilities are from 0 to 1, abilities are logits around 0, days count from 0."""

    ability: float = 0.0
    pace: float = 1.0
    """Factor on the expected time of a lesson."""
    lead_days: tuple[float, float] = (2, 9)
    """From, to: days between finishing a module and its due date; below 0 it is late."""
    tempo: float = 1.0
    """Factor on the days of the term that the course takes: below 1, ahead of the class."""
    visit_count: int = 4
    """Visits for each module."""
    hour: float = 19.5
    """The usual time of day, in hours."""
    weekend: float = 0.3
    """Probability that a visit moves to the weekend."""
    skims: float = 0.05
    interrupts: float = 0.05
    """Probability that a lesson is left unfinished."""
    peeks: float = 0.12
    """Probability that a visit ends with a glance at the next lesson."""
    skips: float = 0.02
    marks_done: float = 0.85
    """Probability that a lesson read is marked as done."""
    retries: float = 0.9
    """Probability that a failed quiz is attempted again."""
    retries_after: tuple[float, float] = (0.6, 3.5)
    """From, to: days until the next attempt, unless it follows at once."""
    learns: float = 1.0
    """Share of what an attempt teaches that helps in the next."""
    goes_back: float = 0.6
    """Probability that the lessons behind a failed quiz are read again first."""
    looks_back: float = 0.5
    """Probability of a short visit to an earlier lesson between two modules."""
    wanders: float = 0.25
    shares: bool = True
    """Whether they share their activity."""
    takes_messages: bool = True
    """Whether they agree to messages about findings."""
    starts: bool = True
    stops_on: float | None = None
    """The day after which they do not come back."""
    stalls_on: float | None = None
    """The day from which they start nothing new."""
    skipped_parts: frozenset[int] = frozenset()
    """Numbers of the modules whose lessons they skip at first."""
    skipped_lessons: frozenset[str] = frozenset()
    """Slugs of the lessons that they never open."""
    failed_parts: frozenset[int] = frozenset()
    """Numbers of the modules whose quiz they fail and do not attempt again."""
    left_open: timedelta = timedelta()
    """How long the last page of a visit stays open after they leave."""


# ruff: noqa: RUF001  Names are written in their own scripts.
PEOPLE = """
adaeze Adaeze Eze|agnes Ágnes Kovács|aino Aino Virtanen|aisha Aisha Bello|alejandra Alejandra Ríos
alina Аліна Шевченко|amir Amir Hosseini|ana Ana Marković|anders Anders Holm|anouk Anouk de Vries
arjun Arjun Mehta|aroha Aroha Ngata|aylin Aylin Demir|beatriz Beatriz Almeida|bilal Bilal Qureshi
bronwen Bronwen Pritchard|camille Camille Lefèvre|carlos Carlos Quispe|chiara Chiara Greco
chloe Chloé Tremblay|daniel Daniel Osei|daria Daria Ionescu|david David Katz
dilnoza Dilnoza Karimova|eero Eero Lahtinen|elif Elif Yılmaz|emeka Emeka Obi|emma Emma Larsen
eszter Eszter Nagy|farah Farah Aziz|fatou Fatou Diop|felix Felix Brandt|freya Freya Jónsdóttir
giorgos Γιώργος Παππάς|grace Grace Wanjiru|hana Hana Nováková|hassan Hassan El Amrani
helga Helga Schäfer|hiroshi 田中 博|hoa Nguyễn Thị Hoa|imani Imani Juma|ingrid Ingrid Solberg
isabel Isabel Moreno|ivan Иван Петров|jakub Jakub Wiśniewski|jamal Jamal Carter
jelena Jelena Popović|jin 김 진|joao João Ferreira|kalani Kalani Kahale|karim كريم منصور
kwame Kwame Mensah|laila Laila Haddad|liam Liam Byrne|lindiwe Lindiwe Dlamini|ling 陈 玲
luca Luca Ferrari|lucia Lucía Fernández|maja Maja Kowalska|malik Malik Jones|marek Marek Dvořák
mariam მარიამ ბერიძე|marta Marta Vidal|mehmet Mehmet Kaya|mei Mei Wong|mila Mila Petrović
miriam מרים לוי|mohammed Mohammed Rahman|nadia Nadia Rossi|natalia Natalia Gómez|nikhil Nikhil Rao
noa Noa Peretz|oksana Оксана Бондар|olumide Olumide Adeyemi|paula Paula Schmid|pedro Pedro Santos
pham Phạm Văn Long|rania Rania Khoury|ravi Ravi Iyer|rosa Rosa Delgado|sakura Sakura Ito
samira Samira Noor|sanna Sanna Korhonen|santiago Santiago Vargas|sean Seán Murphy|selin Selin Arslan
sione Sione Tupou|sofia Sofia Andersson|suresh Suresh Kumar|tariq Tariq Mahmood|thandi Thandi Nkosi
thomas Thomas Meyer|tomas Tomás Herrera|valentina Valentina Costa|viktor Viktor Lindqvist|wei 王 伟
yusuf Yusuf Şahin|zainab Zainab Sesay|zofia Zofia Zielińska|zuri Zuri Mwangi
"""


def people() -> Iterator[Person]:
    """Yield people without end. From the second round on, their usernames end in a number."""
    known = [entry.split(maxsplit=2) for line in PEOPLE.split("\n") for entry in line.split("|") if entry]
    round_number = 1
    while True:
        for username, given, family in known:
            yield Person(
                username=username if round_number == 1 else f"{username}{round_number}",
                given=given,
                family=family,
            )
        round_number += 1


def draw_traits(rng: Random) -> Traits:
    """Return random traits: most learn steadily, some early, some at the last minute, a few late."""
    kind = rng.random()
    steady = Traits(
        ability=rng.gauss(0.35, 0.65),
        pace=min(2.0, max(0.55, rng.lognormvariate(0, 0.28))),
        hour=rng.choice((7.5, 12.5, 17.0, 20.0, 20.5, 21.5)),
        weekend=rng.choice((0.1, 0.2, 0.3, 0.7)),
        wanders=rng.uniform(0.05, 0.5),
        stops_on=rng.uniform(15, 70) if rng.random() < 0.04 else None,
    )
    tempo = rng.uniform(0.66, 0.95)
    if kind < 0.2:
        return replace(steady, ability=steady.ability + 0.5, tempo=tempo, looks_back=0.8, skips=0, skims=0.02)
    if kind < 0.65:
        return steady
    if kind < 0.88:
        return replace(steady, lead_days=(0, 1.5), visit_count=2, skims=0.12)
    return replace(
        steady,
        ability=steady.ability - 0.4,
        lead_days=(-4, 1),
        visit_count=3,
        skims=0.2,
        skips=0.07,
        goes_back=0.4,
    )
