from tracking.lms.key_cache import KEPT_SECONDS, MAX_KEYS, KeyCache


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def finder(*answers):
    left = list(answers)
    return lambda: left.pop(0)


def test_what_was_found_is_kept_for_a_minute():
    clock = Clock()
    recall = KeyCache(clock)
    find = finder("a", "b")

    assert [recall.get("key", find), recall.get("key", find)] == ["a", "a"]
    clock.now = KEPT_SECONDS
    assert recall.get("key", find) == "b"


def test_what_was_not_found_is_asked_for_again():
    recall, find = KeyCache(Clock()), finder(None, "a")

    assert [recall.get("key", find), recall.get("key", find)] == [None, "a"]


def test_what_was_cleared_is_asked_for_again():
    recall, find = KeyCache(Clock()), finder("a", "b")
    recall.get("key", find)

    recall.clear()

    assert recall.get("key", find) == "b"


def test_the_memory_is_bounded():
    recall = KeyCache(Clock())
    for number in range(MAX_KEYS + 1):
        recall.get(number, finder("first"))

    assert recall.get(0, lambda: "asked again") == "asked again"
