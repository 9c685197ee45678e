"""Checks that every model and field in the adapter's declarations exists (``tracking.E006``).

What is wrong with the adapter is a warning here, because an error would keep ``migrate`` and a deployment from running
and tracking never breaks its host. For ``tracking_check`` it is a fault, as the E in its id says.
"""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning, register  # noqa: A004  Django's name for it.

from tracking import conf
from tracking.checks import declared_maps, declared_structure
from tracking.exceptions import AdapterError
from tracking.lms import discovery


@register("tracking")
def check_declarations(**_: Any) -> list[CheckMessage]:
    """Report each entry of the adapter that names something the host does not have (``tracking.E006``)."""
    if not conf.get_settings().ENABLED:
        return []
    try:
        adapter_class = discovery.find_class()
    except AdapterError:  # tracking.E003 reports it.
        return []
    try:
        adapter = adapter_class()
        faults = [*declared_structure.find_structure_faults(adapter), *declared_maps.find_map_faults(adapter)]
    except AdapterError as error:
        return [
            Warning(
                str(error),
                hint=f"Correct {adapter_class.__module__}.{adapter_class.__qualname__}.",
                id="tracking.E006",
            )
        ]
    return [Warning(str(fault), hint=fault.hint, obj=adapter_class, id="tracking.E006") for fault in faults]
