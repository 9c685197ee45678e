from tracking.lms.recall import KEPT_SECONDS, MOST, Recall


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def finder(*answers):
    left = list(answers)
    return lambda: left.pop(0)


def test_what_was_found_is_kept_for_a_minute():
    clock = Clock()
    recall = Recall(clock)
    find = finder("a", "b")

    assert [recall.get("key", find), recall.get("key", find)] == ["a", "a"]
    clock.now = KEPT_SECONDS
    assert recall.get("key", find) == "b"


def test_what_was_not_found_is_asked_for_again():
    recall, find = Recall(Clock()), finder(None, "a")

    assert [recall.get("key", find), recall.get("key", find)] == [None, "a"]


def test_what_was_cleared_is_asked_for_again():
    recall, find = Recall(Clock()), finder("a", "b")
    recall.get("key", find)

    recall.clear()

    assert recall.get("key", find) == "b"


def test_the_memory_is_bounded():
    recall = Recall(Clock())
    for number in range(MOST + 1):
        recall.get(number, finder("first"))

    assert recall.get(0, lambda: "asked again") == "asked again"
