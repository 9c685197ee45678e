"""Which clicks are friction: those that do nothing, and not those that people make many of."""

import pytest


def test_four_clicks_in_anger_are_told_once(opened, page):
    told = opened('<div id="map" style="height:200px">a map</div>')
    page.locator("#map").click(click_count=5)
    assert told("friction.detected") == [{"kind": "rage", "element": "div", "name": "map"}]


INNOCENT = {
    "next": "<p>1</p><button onclick=\"document.querySelector('p').textContent += 1\">Next</button>",
    "carousel": '<div id=slides>slides</div><button onclick="slides.style.left = `${Math.random()}px`">Next</button>',
    "stepper": "<span><input id=n value=1><button onclick='n.value++'>+</button></span>",
    "player": "<video id=film></video><button onclick=\"film.dispatchEvent(new Event('seeking'))\">+10 s</button>",
}


@pytest.mark.parametrize("body", INNOCENT.values(), ids=INNOCENT)
def test_clicks_that_do_something_each_time_are_no_anger(opened, page, body):
    told = opened(body)
    for _ in range(5):
        page.locator("button").click()
        page.clock.run_for(300)
    assert [found for found in told("friction.detected") if found["kind"] == "rage"] == []


def test_a_word_that_is_selected_twice_is_no_anger(opened, page):
    told = opened("<p id=text>some words</p>")
    for _ in range(2):
        page.locator("p").dblclick()
    assert told("friction.detected") == []


def test_clicks_on_a_button_that_only_flickers_are_anger(opened, page):
    told = opened("<button id=go onclick='this.classList.toggle(`pressed`)'>Go</button>")
    for _ in range(4):
        page.locator("button").click()
        page.clock.run_for(300)
    assert {"kind": "rage", "element": "button", "name": "go"} in told("friction.detected")


def test_a_button_that_does_nothing_is_told_and_one_that_does_is_not(opened, page):
    told = opened(
        '<button id="dud">Dud</button>'
        "<button id=\"good\" onclick=\"document.body.append('done')\">Good</button><a href='#x' id='link'>Link</a>"
    )
    for name in ("good", "link", "dud"):
        page.locator(f"#{name}").click()
        page.clock.run_for(2600)
    assert told("friction.detected") == [{"kind": "dead", "element": "button", "name": "dud"}]
