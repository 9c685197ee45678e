"""Made-up people: their names, and how each of them learns."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

EMAIL_DOMAIN = "simulated.invalid"
"""Where made-up people have their mail: a domain that cannot be (RFC 2606)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A name, and the name to find it by."""

    username: str
    given: str
    family: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """How somebody learns. Chances are from 0 to 1, abilities are logits around 0, days count from the term's first."""

    ability: float = 0.0
    pace: float = 1.0
    """Times the expected time that reading takes."""
    lead_days: tuple[float, float] = (2, 9)
    """From, to: how long before it is due a module is finished; below 0 it is late."""
    tempo: float = 1.0
    """Times the days of the term in which the course is gone through: below 1 they run ahead of the class."""
    visit_count: int = 4
    """Visits over which a module is spread."""
    hour: float = 19.5
    """When in the day they learn, more or less."""
    weekend: float = 0.3
    """Chance that a visit moves to the weekend."""
    skims: float = 0.05
    breaks_off: float = 0.05
    """Chance that a lesson is left in the middle."""
    peeks: float = 0.12
    """Chance that a visit ends with a glance at the next lesson."""
    passes_over: float = 0.02
    marks_done: float = 0.85
    """Chance that a lesson read is marked as done."""
    retries: float = 0.9
    """Chance that a failed quiz is tried again."""
    retries_after: tuple[float, float] = (0.6, 3.5)
    """From, to: days until then, unless they stay and try at once."""
    learns: float = 1.0
    """How much of what a try can teach stays for the next."""
    goes_back: float = 0.6
    """Chance that the lessons behind a failed quiz are read again first."""
    looks_back: float = 0.5
    """Chance of a short visit to something old between two modules."""
    wanders: float = 0.25
    shares: bool = True
    """Whether they agree to have recorded how they learn."""
    takes_messages: bool = True
    """Whether they agree to messages that follow from a finding."""
    starts: bool = True
    stops_on: float | None = None
    """The day from which they come no more."""
    stalls_on: float | None = None
    """The day from which they come for nothing new."""
    without_parts: frozenset[int] = frozenset()
    """Modules, by number, whose lessons they pass over at first."""
    without_lessons: frozenset[str] = frozenset()
    """Slugs of lessons they never open."""
    blank_parts: frozenset[int] = frozenset()
    """Modules, by number, whose quiz they fail and leave so."""
    left_open: timedelta = timedelta()
    """How long the last page of a visit stays open in front of an empty chair."""


# ruff: noqa: RUF001  Names are written as their bearers would.
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
    """Yield made-up people without end; from the second round on their usernames have a number."""
    known = [entry.split(maxsplit=2) for line in PEOPLE.split("\n") for entry in line.split("|") if entry]
    turn = 1
    while True:
        for username, given, family in known:
            yield Person(username=username if turn == 1 else f"{username}{turn}", given=given, family=family)
        turn += 1


def draw_traits(chance: Random) -> Traits:
    """Return how somebody learns: most steadily, some early, some at the last minute, a few late."""
    kind = chance.random()
    steady = Traits(
        ability=chance.gauss(0.35, 0.65),
        pace=min(2.0, max(0.55, chance.lognormvariate(0, 0.28))),
        hour=chance.choice((7.5, 12.5, 17.0, 20.0, 20.5, 21.5)),
        weekend=chance.choice((0.1, 0.2, 0.3, 0.7)),
        wanders=chance.uniform(0.05, 0.5),
        stops_on=chance.uniform(15, 70) if chance.random() < 0.04 else None,
    )
    tempo = chance.uniform(0.66, 0.95)
    if kind < 0.2:
        return replace(
            steady, ability=steady.ability + 0.5, tempo=tempo, looks_back=0.8, passes_over=0, skims=0.02
        )
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
        passes_over=0.07,
        goes_back=0.4,
    )
