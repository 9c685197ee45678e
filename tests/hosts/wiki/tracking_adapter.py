from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User

from tests.hosts.wiki.contents import PAGES
from tracking import lms
from tracking.lms import EnrolmentRecord, Outline, OutlineNode, Page, Unit, UnitKind


def course(page: Page) -> str | None:
    return page.response["X-Page"].partition("/")[0] if page.response is not None else None


def unit(page: Page) -> str | None:
    return page.response["X-Page"] if page.response is not None else None


class Adapter(lms.Adapter):
    views = {"page": Unit(course=course, unit=unit)}

    def course_keys(self) -> Iterable[str]:
        return [address for address in PAGES if "/" not in address]

    def outline(self, course_key: str) -> Outline | None:
        nodes = [
            OutlineNode(
                key=address, kind=UnitKind.LESSON, title=title, url=f"/{address}/",
                parent_key=address.rpartition("/")[0],
            )
            for address, title in PAGES.items() if address.startswith(f"{course_key}/")
        ]  # fmt: skip
        return Outline(course_key=course_key, title=PAGES[course_key], nodes=tuple(nodes))

    def enrolments(self, course_key: str) -> Iterable[EnrolmentRecord]:
        return [EnrolmentRecord(learner_id=pk) for pk in User.objects.values_list("pk", flat=True)]

    def instructed_course_keys(self, user: Any) -> list[str]:
        return list(self.course_keys()) if user.is_staff else []
