"""What video statements of xAPI prove about one session: when it was, how much was seen, and which minutes for certain.

A session's statements carry what was played since it began (xAPI video profile 1.0, ``played-segments``), so a lost one
costs nothing. Playing between two statements is proved only where the film moved on by as much as the clock did.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from tracking.capture import clamping
from tracking.events import MAX_SPANS, MAX_VIEW_MS, PageProgress

PAUSE = timedelta(minutes=30)
"""A longer silence ends a sitting: what comes after is a view of its own."""

MAX_VIDEO_VIEW = timedelta(milliseconds=MAX_VIEW_MS)

SLACK_SECONDS = 2.0
"""By so much may film and clock differ where the film is said to have run: players report rounded and a little late."""

Segments = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoMoment:
    """One statement of a session. ``stopped`` and ``resumed`` are places in the film, in seconds.

    ``stopped`` is where it was until now, ``resumed`` where it may go on from; ``speed`` is ``None`` if not reported.
    ``line`` is where the log has it, ``None`` if it is accounted for by an event of its own.
    """

    at: datetime
    line: int | None = None
    stopped: float | None = None
    resumed: float | None = None
    played_ms: int = 0
    speed: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoView:
    """A run of statements with no pause over half an hour, as the counters of one view."""

    began_at: datetime
    ended_at: datetime
    statement_count: int
    lines: tuple[int, ...]
    """Of the statements that only this sitting accounts for."""
    progress: PageProgress


def fold_video_session(moments: Sequence[VideoMoment]) -> Iterator[VideoView]:
    """Yield the sittings of one session. ``moments`` may come in any order; what was played is counted once."""
    seen_ms = 0
    speed = 1.0
    for run in _runs(sorted(moments, key=lambda moment: moment.at)):
        played_ms = max(seen_ms, *(moment.played_ms for moment in run))
        spans, speed = _proved(run, speed)
        yield _sitting(run, spans, media_ms=min(played_ms - seen_ms, MAX_VIEW_MS))
        seen_ms = played_ms


def played_ms(segments: str) -> int:
    """Return how long the film ran, by ``played-segments`` such as ``0[.]12.5[,]30``. An open one adds nothing."""
    total = 0.0
    for segment in segments.split("[,]"):
        start, _, end = segment.partition("[.]")
        try:
            total += max(float(end) - float(start), 0.0) if end else 0.0
        except ValueError:
            continue
    return round(total * 1000) if total < MAX_VIEW_MS else MAX_VIEW_MS


def _runs(ordered: Sequence[VideoMoment]) -> Iterator[list[VideoMoment]]:
    run: list[VideoMoment] = []
    for moment in ordered:
        if run and (moment.at - run[-1].at > PAUSE or moment.at - run[0].at >= MAX_VIDEO_VIEW):
            yield run
            run = []
        run.append(moment)
    if run:
        yield run


def _proved(run: Sequence[VideoMoment], speed: float) -> tuple[list[tuple[datetime, datetime]], float]:
    spans = []
    speed = run[0].speed or speed
    for before, after in pairwise(run):
        if before.resumed is not None and after.stopped is not None:
            ran = (after.stopped - before.resumed) / speed
            clock = (after.at - before.at).total_seconds()
            if ran > 0 and abs(ran - clock) <= SLACK_SECONDS:
                spans.append((before.at, after.at))
        speed = after.speed or speed
    return spans, speed


def _sitting(
    run: Sequence[VideoMoment], spans: Sequence[tuple[datetime, datetime]], *, media_ms: int
) -> VideoView:
    ended_at = run[-1].at
    # What was seen by the end took its time: a lone statement about 40 s of film is of a view that began 40 s before.
    elapsed = min(max(_ms(ended_at - run[0].at), media_ms), MAX_VIEW_MS)
    began_at = ended_at - timedelta(milliseconds=elapsed)
    offsets = tuple((_ms(start - began_at), _ms(end - began_at)) for start, end in spans[:MAX_SPANS])
    active = sum(end - start for start, end in offsets)
    claim = PageProgress(elapsed=elapsed, active=active, visible=active, media=media_ms, spans=offsets)
    return VideoView(
        began_at=began_at,
        ended_at=ended_at,
        statement_count=len(run),
        lines=tuple(sorted(moment.line for moment in run if moment.line is not None)),
        progress=clamping.clamp_progress(claim),
    )


def _ms(duration: timedelta) -> int:
    return round(duration / timedelta(milliseconds=1))
