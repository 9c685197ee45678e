"""What all tables of the app have in common: they are read where they are written."""

from __future__ import annotations

from typing import TypeVar

from django.db import models, router

T = TypeVar("T", bound=models.Model)


class WriterManager(models.Manager[T]):
    """Reads in the database that is written, also if the host routes reads to a replica.

    A replica lags. A job that read there would count what was true a second ago and handle a change that it does not
    see yet; a learner would see the old answer after saying no.
    """

    def get_queryset(self) -> models.QuerySet[T]:
        """Return all rows, in the database for writing unless ``using`` named one."""
        rows = super().get_queryset()
        return rows if self._db else rows.using(router.db_for_write(self.model, **self._hints))  # type: ignore[attr-defined]  # the stubs leave it out


class Row(models.Model):
    """The base of every table."""

    objects = WriterManager()

    class Meta:
        abstract = True


# Django reads related objects by the base manager, which would ask the router for a replica. Set here and not in Meta,
# because a migration would repeat it for every table.
Row._meta.base_manager_name = "objects"
