"""What the tracker tells of a page in a real browser besides time, and what it never tells."""

import base64
import io
import wave

import pytest

from tests.tracker.conftest import SCRIPT


def everything(opened, page):
    """Return all that was sent or is kept to be sent."""
    return "".join(opened.sent) + page.evaluate("localStorage.djangoTracking ?? ''")


def test_another_idle_limit_holds(opened, page, monkeypatch):
    monkeypatch.setattr(
        "tests.tracker.conftest.SCRIPT",
        SCRIPT.replace("data-tracking-owner", "data-tracking-idle=5000 data-tracking-owner"),
    )
    told = opened("<p>text</p>")
    page.clock.run_for(30_000)
    assert told("page.progress")[-1]["active"] == pytest.approx(5000, abs=300)


def test_a_click_on_what_the_host_has_named_is_told_by_that_name(opened, page):
    told = opened('<button data-track="hint"><b>Show me</b></button>')
    page.locator("b").click()
    assert told("feature.clicked") == [{"name": "hint"}]


def test_a_form_is_begun_once_and_handed_in(opened, page):
    told = opened(
        '<form id="poll" data-track-quiz onsubmit="return false">'
        '<input name="a"><input name="b"><button>Go</button></form>'
    )
    page.locator("[name=a]").fill("red")
    page.locator("[name=b]").fill("blue")
    page.locator("button").click()
    poll = {"name": "poll", "is_quiz": True}
    assert (told("form.started"), told("form.submitted"), told("form.abandoned")) == ([poll], [poll], [])


def test_a_form_that_is_begun_and_left_is_given_up(opened, page):
    told = opened("<form><input></form>")
    page.locator("input").fill("red")
    page.evaluate("history.pushState({}, '', '/read/next/')")
    page.clock.run_for(2500)
    assert told("form.abandoned") == [{"name": "form 1", "is_quiz": False}]


def test_a_script_that_fails_is_told_by_its_class_and_without_its_message(opened, page, page_problems):
    told = opened("<p onclick=\"throw new TypeError('about lena')\">text</p>")
    with page.context.expect_event("weberror"):
        page.locator("p").click()
    page_problems.clear()
    assert [failure["name"] for failure in told("script.failed")] == ["TypeError"]
    assert "lena" not in everything(opened, page)


def test_time_is_told_by_the_section_that_is_in_front(opened, page):
    text = "<p style='height:1500px'>text</p>"
    told = opened(f'<h2 id="first">One</h2>{text}<h2 data-track-section="second">Two</h2>{text}')
    page.clock.run_for(6000)
    page.evaluate("document.querySelector('[data-track-section]').scrollIntoView()")
    page.clock.run_for(60_000)
    seconds: dict[str, float] = {}
    for details in told("page.details"):
        for name, milliseconds in details["sections"]:
            seconds[name] = seconds.get(name, 0) + milliseconds / 1000
    assert seconds["first"] == pytest.approx(8, abs=3)
    assert seconds["second"] > 20


def test_a_box_that_scrolls_in_place_of_the_page_has_the_depth(opened, page):
    told = opened('<div id="box" style="height:500px;overflow:auto"><p style="height:5000px">text</p></div>')
    page.clock.run_for(16_000)
    before = told("page.progress")[-1]["scroll"]
    page.evaluate("document.querySelector('#box').scrollTop = 5000")
    page.mouse.move(5, 5)
    page.clock.run_for(30_000)
    assert (before, told("page.progress")[-1]["scroll"]) == (10, 100)


def sound(seconds):
    """Return a silent sound as an address."""
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(1)
        written.setframerate(8000)
        written.writeframes(b"\x80" * 8000 * seconds)
    return "data:audio/wav;base64," + base64.b64encode(file.getvalue()).decode()


def test_the_parts_of_a_sound_that_were_played_are_told_and_not_those_jumped_over(opened, page):
    told = opened(
        f'<audio id="tape" src="{sound(60)}"></audio><button id="play" onclick="tape.play()">Play</button>'
    )
    page.locator("#play").click()
    page.wait_for_function("tape.currentTime > 0.8")
    page.evaluate("tape.currentTime = 40")
    page.wait_for_function("tape.currentTime > 40.8")
    page.clock.run_for(61_000)
    parts = [span for medium in told("media.played") for span in medium["spans"]]
    assert {medium["name"] for medium in told("media.played")} == {"tape"}
    assert parts[0][1] < 5000
    assert parts[-1][0] > 39_000
    assert 1000 < sum(end - start for start, end in parts) < 10_000


SECRETS = [f"secret{number}" for number in range(10)]


def test_nothing_that_a_page_says_ever_leaves_it(opened, page, page_problems):
    value, label, query, fragment, cookie, kept, message, title, source, datum = SECRETS
    opened(
        f"<title>{title}</title><h2>{label}</h2>"
        f'<form><input name="{label}" data-x="{datum}"><button>{label}</button></form>'
        f'<a href="/elsewhere/?{query}">{label}</a><audio src="data:audio/wav,{source}"></audio>'
        f'<div id="map" style="height:99px">{label}</div>'
        f'<button type="button" value="{value}">{label}</button>'
        f"<i id='broken' onclick='throw new Error(`{message}`)'>{label}</i>",
        tail=f"?q={query}#{fragment}",
    )
    page.evaluate(f"document.cookie = 'c={cookie}'; localStorage.host = '{kept}'; document.title = '{title}'")
    page.locator("input").fill(value)
    page.keyboard.type(value)
    page.locator("#map").click(click_count=4)
    page.locator("[type=button]").click()
    page.clock.run_for(3000)
    with page.context.expect_event("weberror"):
        page.locator("#broken").click()
    page.locator("form button").click()
    page.clock.run_for(61_000)
    page_problems.clear()
    told = everything(opened, page)
    assert "friction.detected" in told
    assert [secret for secret in SECRETS if secret in told] == []


def views(opened, page):
    """Return the units that views were begun of, and the number of different views among them."""
    page.clock.run_for(3000)
    begun = [event for event in opened.events() if event["t"] == "page.opened"]
    return [event.get("unit", event["path"]) for event in begun], len({event["view"] for event in begun})


def test_a_part_of_the_page_that_a_script_swaps_in_with_its_address_is_another_view(opened, page):
    """As htmx and Turbo do: the address is pushed, and what comes with it has the tag of its unit."""
    opened("<main>text</main>")
    page.evaluate(
        "tag => { history.pushState({}, '', '/read/next/');"
        " const body = document.createElement('body'); body.innerHTML = '<main>next</main>' + tag;"
        " document.body.replaceWith(body) }",
        SCRIPT.replace('unit="u"', 'unit="next"'),
    )
    # The address is there before the tag is: the view that it began is named when the tag comes.
    assert views(opened, page) == (["u", "/read/next/", "next"], 2)


def test_a_part_that_is_swapped_without_an_address_of_its_own_stays_the_same_view(opened, page):
    opened("<main>text</main>")
    page.evaluate("document.querySelector('main').outerHTML = '<main>more</main>'")
    page.evaluate("history.replaceState({ page: 2 }, '', '/read/?page=2#more')")
    assert views(opened, page) == (["u"], 1)


def test_a_page_that_comes_back_from_the_back_forward_cache_is_another_view(opened, page):
    opened("<main>text</main>")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert views(opened, page) == (["u", "u"], 2)


def test_a_page_that_is_prerendered_does_nothing_until_the_learner_comes(opened, page):
    page.add_init_script(
        "Object.defineProperty(document, 'prerendering', { configurable: true, value: true })"
    )
    opened("<main>text</main>", is_started=False)
    page.clock.run_for(20_000)
    assert (opened.events(), page.evaluate("localStorage.djangoTracking ?? ''")) == ([], "")
    page.evaluate("delete document.prerendering; document.dispatchEvent(new Event('prerenderingchange'))")
    assert views(opened, page) == (["u"], 1)


@pytest.mark.parametrize("status", [403, 410])
def test_an_answer_that_ends_it_leaves_nothing_in_the_browser(opened, page, page_problems, status):
    told = opened("<main>text</main>")
    page.unroute("**/learning/events/")
    page.route("**/learning/events/", lambda route: route.fulfill(status=status, json={}))
    page.clock.run_for(20_000)
    page.wait_for_function("!localStorage.djangoTracking")
    before = len(told("page.progress"))
    page.mouse.move(5, 5)
    page.clock.run_for(60_000)
    assert (page.evaluate("localStorage.djangoTracking ?? ''"), len(told("page.progress"))) == ("", before)
    page_problems.clear()


def test_a_page_shorter_than_its_window_is_read_to_its_end(opened, page):
    told = opened("<main>three words only</main>")
    page.clock.run_for(16_000)
    assert told("page.progress")[-1]["scroll"] == 100


def test_a_quiz_that_is_begun_and_left_is_given_up(opened, page):
    told = opened('<form data-track="test" data-track-quiz><input></form>')
    page.locator("input").fill("1")
    page.evaluate("history.pushState({}, '', '/read/next/')")
    page.clock.run_for(3000)
    assert told("form.abandoned") == [{"name": "test", "is_quiz": True}]
