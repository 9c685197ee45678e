"""T courses from files, and check each file.

A course is a folder with ``course.toml``, and a folder ``NN-<slug>`` for each module with ``module.toml``, lessons
``NN-<slug>.md`` and quizzes ``NN-<slug>.quiz.toml``. ``NN`` gives the order; lessons and quizzes share one.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec

_NAME = re.compile(r"(?P<order>\d+)-(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)")
_FENCE = "+++\n"


Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
Positive = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Limit = Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class ContentError(Exception):
    """Raised if a file of a course cannot be used. The message names the file, the problem and the solution."""

    def __init__(self, path: Path | str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = Path(path)
        self.problem = problem


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a TOML file. An unknown key is an error, so a typing mistake cannot go unnoticed."""


class OptionText(_Table, frozen=True):
    """One option that a learner may choose."""

    key: Slug
    text: str
    correct: bool
    feedback: str = ""


class QuestionText(_Table, frozen=True):
    """One question of a quiz."""

    key: Slug
    kind: Literal["single", "multiple", "true_false", "numeric", "short_text"]
    prompt: str
    lesson: Slug
    points: Positive = 1
    feedback: str = ""
    options: tuple[OptionText, ...] = ()
    answer: Decimal | None = None
    tolerance: Decimal = Decimal(0)
    unit: str = ""
    accepted: tuple[str, ...] = ()


class QuizText(_Table, frozen=True):
    """A quiz. An ``attempt_limit`` of 0 means no limit."""

    slug: Slug
    position: int
    source: str
    title: Title
    pass_mark: Percent
    questions: Annotated[tuple[QuestionText, ...], msgspec.Meta(min_length=1)]
    attempt_limit: Limit = 0


class LessonText(_Table, frozen=True):
    """A lesson. Its files are paths below the app's folder of static files."""

    slug: Slug
    position: int
    source: str
    body: str
    title: Title
    kind: Literal["text", "video", "document"]
    minutes: Positive
    optional: bool = False
    video: str = ""
    captions: str = ""
    poster: str = ""
    file: str = ""

    @property
    def files(self) -> tuple[str, ...]:
        """The media and documents of the lesson."""
        return tuple(name for name in (self.video, self.captions, self.poster, self.file) if name)


class ModuleText(_Table, frozen=True):
    """A module with its lessons and quizzes."""

    slug: Slug
    position: int
    title: Title
    summary: str = ""
    lessons: tuple[LessonText, ...] = ()
    quizzes: tuple[QuizText, ...] = ()


class CourseText(_Table, frozen=True):
    """A whole course."""

    slug: Slug
    title: Title
    summary: str
    weeks: Positive
    language: str = "en"
    modules: tuple[ModuleText, ...] = ()

    def find_lesson(self, slug: str, *, near: ModuleText) -> tuple[str, str] | None:
        """Return the slugs of module and lesson for ``slug``: in the module ``near``, else the only match."""
        places = [(module.slug, lesson.slug) for module in self.modules for lesson in module.lessons]
        if (near.slug, slug) in places:
            return near.slug, slug
        named = [place for place in places if place[1] == slug]
        return named[0] if len(named) == 1 else None


T = TypeVar("T", bound=_Table)


def read(folder: Path) -> CourseText:
    """Return the course in ``folder``, whose name is its slug.

    Raises ``ContentError`` for the first file that is missing, cannot be read or is incomplete. ``content_rules``
    checks references between files.
    """
    modules = tuple(
        _read_module(path, slug=slug, position=position)
        for position, slug, path in _in_order(path for path in folder.iterdir() if path.is_dir())
    )
    path = folder / "course.toml"
    return _convert(_parse(path, _text(path)), CourseText, path, slug=folder.name, modules=modules)


def _read_module(folder: Path, *, slug: str, position: int) -> ModuleText:
    lessons, quizzes = [], []
    files = (path for path in folder.iterdir() if path.name != "module.toml")
    for place, name, path in _in_order(files):
        if path.name.endswith(".quiz.toml"):
            table = _parse(path, _text(path))
            quizzes.append(_convert(table, QuizText, path, slug=name, position=place, source=str(path)))
        elif path.suffix == ".md":
            lessons.append(_read_lesson(path, slug=name, position=place))
        else:
            raise ContentError(
                path, "is neither a lesson (.md) nor a quiz (.quiz.toml). Rename or remove it."
            )
    path = folder / "module.toml"
    return _convert(
        _parse(path, _text(path)),
        ModuleText,
        path,
        slug=slug,
        position=position,
        lessons=tuple(lessons),
        quizzes=tuple(quizzes),
    )


def _read_lesson(path: Path, *, slug: str, position: int) -> LessonText:
    before, opening, rest = _text(path).partition(_FENCE)
    head, closing, body = rest.partition(f"\n{_FENCE}")
    if before or not opening or not closing:
        raise ContentError(path, "has no head. Begin it with TOML between two lines of +++.")
    from_name = {"slug": slug, "position": position, "source": str(path), "body": body.strip()}
    return _convert(_parse(path, head), LessonText, path, **from_name)


def _in_order(paths: Iterable[Path]) -> Iterator[tuple[int, str, Path]]:
    """Yield position, slug and path in the order of the names. Raises ``ContentError`` for a duplicate."""
    named = []
    for path in paths:
        if path.name.startswith("."):
            continue
        match = _NAME.fullmatch(path.name.split(".", 1)[0])
        if match is None:
            raise ContentError(
                path, "has no place. Name it like 03-asking-well: a number, a hyphen and a slug."
            )
        named.append((int(match["order"]), match["slug"], path))
    named.sort()
    for (order, slug, path), earlier in zip(named[1:], named, strict=False):
        if order == earlier[0]:
            raise ContentError(path, f"has the same number as {earlier[2].name}. Give each its own.")
        if slug in {other for _, other, sibling in named if sibling != path}:
            raise ContentError(path, f"has a slug, {slug!r}, that is taken in its folder. Choose another.")
    yield from ((position, slug, path) for position, (_, slug, path) in enumerate(named, start=1))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ContentError(path, "is missing. Write it, with at least a title.") from None
    except UnicodeDecodeError as error:
        raise ContentError(path, f"is not UTF-8 at byte {error.start}. Save it as UTF-8.") from None


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ContentError(path, f"is not TOML: {error}.") from None


def _convert(table: dict[str, Any], kind: type[T], path: Path, **from_name: object) -> T:
    """Return ``table`` as a value of ``kind``; ``from_name`` holds the values from the file's name and folder."""
    if repeated := sorted(table.keys() & from_name.keys()):
        raise ContentError(
            path, f"says {repeated[0]!r}, which its name or folder already says. Remove the line."
        )
    try:
        return msgspec.convert(table | from_name, kind)
    except msgspec.ValidationError as error:
        raise ContentError(path, f"{error}.") from None
