"""Checks the view map against the live URLconf: each view exists and receives its kwargs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from django.core.checks import CheckMessage, Warning, register  # noqa: A004  Django's name for it.
from django.urls import URLPattern, URLResolver, get_resolver

from tracking import conf
from tracking.checks.declared_paths import AdapterFault
from tracking.exceptions import AdapterError
from tracking.lms import Lookup, Unit, discovery
from tracking.lms.declarations import Source
from tracking.lms.view_map import dotted_path


@register("tracking")
def check_views(**_: Any) -> list[CheckMessage]:
    """Report mapped views that no URL leads to (``tracking.E007``) or that lack a kwarg (``tracking.E008``)."""
    if not conf.get_settings().ENABLED:
        return []
    try:
        adapter_class = discovery.find_class()
    except AdapterError:  # tracking.E003 reports it.
        return []
    known = views_by_name()
    return [
        Warning(str(fault), hint=fault.hint, obj=adapter_class, id=check_id)
        for name, unit in adapter_class.views.items()
        for check_id, fault in _find_faults(name, unit, known)
    ]


def views_by_name() -> dict[str, list[frozenset[str]]]:
    """Return the kwargs of each URL of a view, by view name and by dotted path of the view."""
    found: dict[str, list[frozenset[str]]] = defaultdict(list)
    for name, view, kwargs in _walk(get_resolver(), (), frozenset()):
        for each in {name, view}:
            found[each].append(kwargs)
    return found


def kwargs_of(unit: Unit) -> list[str]:
    """Return the kwargs that an entry of the view map reads."""
    return [*_names(unit.course), *_names(unit.unit)]


def _find_faults(
    name: str, unit: Unit, known: Mapping[str, list[frozenset[str]]]
) -> Iterator[tuple[str, AdapterFault]]:
    entry = f"views[{name!r}]"
    if name not in known:
        yield (
            "tracking.E007",
            AdapterFault(entry=entry, problem="no URL leads to it.", hint=_suggestion(name, known)),
        )
        return
    needed = kwargs_of(unit)
    if any(set(needed) <= kwargs for kwargs in known[name]):
        return
    closest = max(known[name], key=lambda kwargs: len(kwargs & set(needed)))
    for kwarg in dict.fromkeys(needed):
        if kwarg not in closest:
            problem = f"its URL has no kwarg {kwarg!r}."
            yield (
                "tracking.E008",
                AdapterFault(entry=entry, problem=problem, hint=_suggestion(kwarg, closest)),
            )


def _suggestion(name: str, known: Any) -> str:
    similar = get_close_matches(name, [each for each in known if each], n=1, cutoff=0.5)
    if similar:
        return f"Did you mean {similar[0]!r}?"
    # get_close_matches() misses the same view under another namespace, because only the end of the name is alike.
    ending = [each for each in known if each.rpartition(":")[2] == name.rpartition(":")[2]]
    if ending:
        return f"Did you mean {ending[0]!r}?"
    return f"Choose from: {', '.join(sorted(filter(None, known))[:20]) or 'none'}."


def _names(source: Source) -> list[str]:
    if isinstance(source, Lookup):
        return list(source.fields)
    if isinstance(source, str):
        return [source]
    return list(source) if isinstance(source, tuple) else []


def _walk(
    resolver: URLResolver, namespaces: tuple[str, ...], kwargs: frozenset[str]
) -> Iterator[tuple[str, str, frozenset[str]]]:
    for pattern in resolver.url_patterns:
        all_kwargs = kwargs | _kwargs(pattern)
        if isinstance(pattern, URLPattern):
            name = pattern.name or dotted_path(pattern.callback)
            yield ":".join([*namespaces, name]), dotted_path(pattern.callback), all_kwargs
        else:
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern, inner, all_kwargs)


def _kwargs(pattern: Any) -> frozenset[str]:
    defaults = getattr(pattern, "default_args", None) or getattr(pattern, "default_kwargs", None) or {}
    return frozenset(pattern.pattern.regex.groupindex) | frozenset(defaults)
