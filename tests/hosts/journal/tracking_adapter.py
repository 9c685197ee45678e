from tracking import lms
from tracking.lms import CompletionFields, EnrolmentFields, Node, Structure, Unit, UnitKind

ARTICLE = Unit("journal.Article", course="year", unit=("number", "slug"))


class Adapter(lms.Adapter):
    structure = Structure(
        "journal.Volume",
        key="year",
        title=lambda volume: f"Volume of {volume.year}",
        learners=EnrolmentFields("journal.Subscription", course="volume", learner="reader"),
        nodes=[
            Node("journal.Issue", course="volume", kind=UnitKind.MODULE, key="number", order=["number"]),
            Node(
                "journal.Article", course="issue__volume", parent="issue", kind=UnitKind.LESSON,
                key=("issue__number", "slug"), title="slug",
            ),
        ],
    )  # fmt: skip
    views = {"journal:article": ARTICLE, "journal:streamed": ARTICLE, "journal:cached": ARTICLE}
    completions = {
        "journal.Bookmark": CompletionFields(learner="reader", unit="article", is_completed="is_at_end"),
    }
