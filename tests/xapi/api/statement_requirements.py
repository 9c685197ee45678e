"""What a statement must be: requirements of ADL on a store of xAPI 1.0.3, by their numbers (XAPI-00001 to 00124).

Each has parts of a statement that are to be refused, and parts that are to be taken.
"""

from typing import Any

ACTIVITY = {"id": "https://h5p.org/7"}
AGENT = {"mbox": "mailto:lena@example.org"}
GROUP = {"objectType": "Group", "member": [AGENT]}
SUB = {"objectType": "SubStatement", "actor": AGENT, "verb": {"id": "a:v"}, "object": ACTIVITY}
REFERENCE = {"objectType": "StatementRef", "id": "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"}
FILE = {
    "usageType": "a:u",
    "display": {"en": "x"},
    "contentType": "text/plain",
    "length": 3,
    "sha2": "0" * 64,
    "fileUrl": "https://files.example.org/x",
}

Parts = dict[str, Any]


def definition(**parts: Any) -> Parts:
    return {"object": {**ACTIVITY, "definition": parts}}


def interaction(kind: str, **parts: Any) -> Parts:
    return definition(interactionType=kind, **parts)


def result(**parts: Any) -> Parts:
    return {"result": parts}


def score(**parts: Any) -> Parts:
    return result(score=parts)


def context(**parts: Any) -> Parts:
    return {"context": parts}


def sub(**parts: Any) -> Parts:
    return {"object": {**SUB, **parts}}


def file(**parts: Any) -> Parts:
    return {"attachments": [{name: value for name, value in {**FILE, **parts}.items() if value is not None}]}


def without(name: str) -> Parts:
    return {name: ...}


MAPS: list[Any] = [{"x_": "a"}, {"en": 1}, "text", ["en"]]
COMPONENTS: list[Any] = [{}, "x", [1], [{"id": 1}], [{}], [{"id": "a"}, {"id": "a"}]]

PATTERNS: list[Any] = ["x", [1], {}]
SCORES: list[Any] = [1, "x", []]
MEMBERS: list[Any] = [AGENT, [{}], ["x"], [GROUP]]
GROUPS: list[Any] = [{}, {"member": []}, {**AGENT, "openid": "a:b"}]
ACCOUNTS: list[Any] = ["x", {}, {"homePage": "https://x", "name": "a", "other": 1}]
TEAMS: list[Any] = ["x", AGENT, {"objectType": "Group"}]
REFERENCES: list[Any] = [{"id": REFERENCE["id"]}, "x", {"objectType": "StatementRef"}]

REFUSED: dict[int, list[Parts]] = {
    1: [{name: None} for name in ("actor", "verb", "object", "result", "context", "timestamp", "id")]
    + [{"verb": {"id": "a:v", "display": {"en": None}}}, {"verb": {}}, {"object": {}}, {"actor": {}}],
    3: [without("actor")],
    4: [without("verb")],
    5: [without("object")],
    6: [{"actor": "x"}, {"verb": "x"}, {"object": []}, {"result": "x"}, {"context": 1}, {"timestamp": 1}],
    7: [{"verb": {"id": ""}}, {"actor": {"mbox": ""}}, {"id": ""}, {"object": {"id": ""}}],
    8: [{"Result": {}}, {"actor": {"Mbox": "mailto:lena@example.org"}}, {"verb": {"Id": "a:v"}}],
    9: [{"actor": {**AGENT, "objectType": "agent"}}, {"object": {**ACTIVITY, "objectType": "activity"}}],
    10: [
        {"other": 1},
        {"verb": {"id": "a:v", "other": 1}},
        result(other=1),
        context(other=1),
        score(other=1),
    ],
    11: [{"verb": {"id": "passed"}}, {"object": {"id": "h5p.org/7"}}, definition(type="lesson")],
    13: [{"verb": {"id": "a:v", "display": {"a": "x"}}}, {"verb": {"id": "a:v", "display": {"en_US": "x"}}}],
    17: [{"verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}}],
    20: [
        {"verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}, "object": AGENT | {"objectType": "Agent"}}
    ],
    22: [
        {"timestamp": "yesterday"},
        {"timestamp": "2026-13-01T00:00:00Z"},
        {"timestamp": "2026-01-01T00:00:00-00:00"},
    ],
    24: [{"authority": "x"}, {"authority": ACTIVITY}, {"authority": {"objectType": "Person", **AGENT}}],
    25: [{"attachments": {}}, {"attachments": "x"}, {"attachments": [1]}],
    27: [
        {"id": "7"},
        {"id": "fd41c918-b88b-4b20-a0a5-a4c32391aaz0"},
        {"id": "fd41c918-b88b-4b20-a0a5-a4c32391aaa01"},
    ],
    28: [{"id": 7}, {"id": {}}],
    29: [
        {"id": "fd41c918b88b4b20a0a5a4c32391aaa0"},
        context(registration="{fd41c918-b88b-4b20-a0a5-a4c32391aaa0}"),
    ],
    30: [context(registration="zd41c918-b88b-4b20-a0a5-a4c32391aaa0")],
    31: [{"actor": {**AGENT, "objectType": "Person"}}, {"actor": {**AGENT, "objectType": "Activity"}}],
    32: [{"actor": {**AGENT, "objectType": 1}}],
    33: [{"actor": {**AGENT, "name": 1}}, {"actor": {**AGENT, "name": ["x"]}}],
    34: [{"actor": {"name": "Lena"}}, {"actor": {**AGENT, "openid": "https://lena.example.org"}}],
    35: [{"actor": {**AGENT, "member": [AGENT]}}, {"object": {**ACTIVITY, "member": []}}],
    36: [{"actor": {"objectType": "Group", "member": each}} for each in MEMBERS],
    37: [{"actor": {"objectType": "Group", **each}} for each in GROUPS],
    38: [{"actor": {"mbox": each}} for each in ("lena@example.org", "mailto:lena", 1)],
    39: [{"actor": {"mbox_sha1sum": each}} for each in ("x", 1, "0" * 39)],
    40: [{"actor": {"openid": each}} for each in ("lena", 1, "")],
    41: [{"actor": {"account": each}} for each in ACCOUNTS],
    42: [{"actor": {"account": {"name": "a"}}}, {"actor": {"account": {"name": "a", "homePage": "x"}}}],
    43: [
        {"actor": {"account": {"homePage": "https://x"}}},
        {"actor": {"account": {"homePage": "https://x", "name": 1}}},
    ],
    44: [{"verb": {"display": {"en": "x"}}}, {"verb": {"id": 1}}, {"verb": {"id": "no iri"}}],
    45: [{"verb": {"id": "a:v", "display": each}} for each in MAPS],
    46: [{"object": {**ACTIVITY, "objectType": each}} for each in ("Thing", "Statement", 1)],
    47: [{"object": {"objectType": "Activity"}}, {"object": {"id": "x"}}],
    48: [{"object": {**ACTIVITY, "definition": "x"}}, definition(other=1)],
    49: [interaction("Choice"), definition(interactionType=1), interaction("essay")],
    50: [interaction("choice", correctResponsesPattern=each) for each in PATTERNS],
    51: [interaction("performance", steps=each) for each in COMPONENTS],
    52: [interaction("matching", target=each) for each in COMPONENTS],
    53: [interaction("matching", source=each) for each in COMPONENTS],
    54: [interaction("likert", scale=each) for each in COMPONENTS],
    55: [interaction("choice", choices=each) for each in COMPONENTS],
    56: [definition(name=each) for each in MAPS],
    57: [definition(extensions=each) for each in ("x", [1], {"no iri": 1})],
    58: [interaction("choice", choices=[{"description": {"en": "x"}}])],
    59: [definition(description=each) for each in MAPS],
    60: [definition(type=each) for each in ("x", 1)],
    61: [definition(moreInfo=each) for each in ("x", 1)],
    62: [interaction("choice", choices=[{"id": "a", "description": each}]) for each in MAPS],
    63: [interaction("choice", choices=["a"])],
    64: [definition(correctResponsesPattern=["a"])],
    65: [{"object": AGENT}, {"object": {"member": [AGENT]}}],
    66: [
        sub(verb={"id": "x"}),
        sub(actor={}),
        sub(result={"success": 1}),
        {"object": {"objectType": "SubStatement"}},
    ],
    67: [sub(authority=AGENT)],
    68: [sub(version="1.0.0")],
    69: [sub(stored="2026-01-01T00:00:00Z")],
    70: [sub(id="fd41c918-b88b-4b20-a0a5-a4c32391aaa0")],
    71: [sub(object=SUB)],
    72: [{"object": {"objectType": "StatementRef"}}, {"object": {"objectType": "StatementRef", "id": "x"}}],
    73: [
        {"object": {"id": REFERENCE["id"]}},
        {"object": {name: SUB[name] for name in ("actor", "verb", "object")}},
    ],
    74: [result(success=each) for each in ("true", 1)],
    75: [result(completion=each) for each in ("true", 0)],
    76: [result(response=each) for each in (1, ["x"])],
    77: [result(duration=each) for each in ("5 minutes", 5, "P", "PT", "P1S")],
    78: [result(extensions=each) for each in ("x", {"no iri": 1})],
    79: [result(score=each) for each in SCORES],
    80: [score(max="x"), score(max=1, min=2)],
    81: [score(min="x"), score(min=3, max=2)],
    82: [score(raw="x"), score(raw=3, max=2), score(raw=1, min=2)],
    83: [score(scaled=each) for each in ("x", 1.1, -1.1, True)],
    84: [{"context": {"revision": "1"}, "object": {**AGENT, "objectType": "Agent"}}],
    85: [{"context": {"platform": "x"}, "object": REFERENCE}],
    86: [context(contextActivities=each) for each in ("x", [1])],
    87: [context(registration=each) for each in ("x", 1)]
    + [context(instructor=each) for each in ("x", {}, ACTIVITY)],
    88: [context(team=each) for each in TEAMS],
    89: [context(revision=1)],
    90: [context(platform=1)],
    91: [context(language=each) for each in ("e", 1, "en_US")],
    92: [context(statement=each) for each in REFERENCES],
    93: [context(contextActivities={"root": [ACTIVITY]})],
    94: [context(contextActivities={"parent": each}) for each in ("x", [1], [AGENT])],
    95: [context(contextActivities={})],
    98: [{"authority": {"objectType": "Group", "member": [AGENT]}}],
    100: [{"authority": {"objectType": "Group", "member": [AGENT] * 3}}],
    101: [{"version": each} for each in ("0.9", "1.1", "1", "x", 1)],
    102: [file(length=each) for each in (None, "3", 1.5)],
    103: [file(sha2=each) for each in (None, 1, "x")],
    104: [file(fileUrl=each) for each in ("x", 1)],
    105: [file(contentType=each) for each in (None, 1, "x")],
    106: [file(display=each) for each in (None, "x", {"e": "x"})],
    107: [file(usageType=each) for each in (None, "x", 1)],
    118: [result(extensions={"x": 1}), context(extensions={"": 1})],
    120: [context(extensions=[1]), definition(extensions="x")],
    121: [{"verb": {"id": "a:v", "display": {"x-": "a"}}}, {"verb": {"id": "a:v", "display": {"en-": "a"}}}],
    123: [{"timestamp": each} for each in ("2026-01-01T25:00:00Z", "01/02/2026", "2026-1-1")],
    124: [result(duration=each) for each in ("P0001-01-01T00:00:00", "1Y", "P1H")],
}
"""Parts of a statement that make it none, by requirement. ``...`` leaves a member out."""

TAKEN: dict[int, list[Parts]] = {
    1: [context(extensions={"a:b": None, "a:c": {}, "a:d": ""}), definition(extensions={})],
    36: [{"object": GROUP}],
    49: [
        interaction(kind)
        for kind in (
            *("true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing"),
            *("likert", "numeric", "other"),
        )
    ],
    50: [interaction("choice", correctResponsesPattern=["a[,]b"], choices=[{"id": "a"}, {"id": "b"}])],
    65: [{"object": {**AGENT, "objectType": "Agent"}}, {"object": GROUP}],
    66: [{"object": SUB}],
    72: [{"object": REFERENCE}],
    77: [result(duration=each) for each in ("PT5M", "P1Y2M3DT4H5M6.7S", "P3W", "PT0S")],
    80: [score(min=-1, max=2, raw=0, scaled=0.5), score(max=-5)],
    87: [context(instructor=AGENT, registration=REFERENCE["id"])],
    88: [context(team=GROUP)],
    91: [context(language=each) for each in ("de", "zh-Hant-TW", "en-US", "x-whatever")],
    94: [context(contextActivities={"parent": ACTIVITY, "grouping": [ACTIVITY, {"id": "a:b"}]})],
    119: [result(extensions={"a:b": None, "a:c": "", "a:d": {}, "a:e": []})],
    121: [{"verb": {"id": "a:v", "display": {"en": "x", "sr-Latn-RS": "y", "und": "z"}}}],
    123: [
        {"timestamp": each}
        for each in ("2026-01-01T10:00:00Z", "2026-01-01T10:00:00.123456+02:00", "20260101T100000Z")
    ],
}
"""Parts that a statement may have."""
