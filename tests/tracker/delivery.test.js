import assert from "node:assert/strict";
import { test } from "node:test";
import { START, Tab } from "./fakes.js";

/** @param {LocalItems} kept @returns {TrackingEvent[]} */
const queued = (kept) => JSON.parse(kept.djangoTracking ?? "{}").queue ?? [];
/** @param {Tab} tab @param {number} count */
const click = (tab, count) => {
  for (let i = 0; i < count; i++) tab.tracker.add("feature.clicked", { name: `hint ${i}` });
};

test("an event is stored until it is answered", async () => {
  const tab = new Tab();
  assert.equal(queued(tab.kept).length, 1);
  await tab.settled();
  assert.deepEqual(queued(tab.kept), []);
});

test("a request has at most twelve events, and 50 kB", async () => {
  const tab = new Tab();
  await tab.settled();
  tab.place.path = `/${"p".repeat(511)}`;
  click(tab, 30);
  await tab.pass(2000);
  assert.deepEqual(
    tab.posts.slice(1).map((post) => post.events.length),
    [12, 12, 8],
  );
  assert.ok(12 * 4096 < 50_000);
});

test("only the newest progress of a view waits", async () => {
  const tab = new Tab({}, { status: 0 });
  await tab.pass(60_000);
  assert.deepEqual(
    queued(tab.kept).map(({ t, at }) => [t, at - START]),
    [
      ["page.opened", 0],
      ["page.progress", 48_000],
    ],
  );
});

test("what a crash left is sent by the next page, to the last pulse", async () => {
  const kept = {};
  const crashed = new Tab(kept, { status: 0 });
  await crashed.pass(20_000);
  const next = new Tab(kept, { now: START + 60_000 });
  await next.settled();
  assert.deepEqual(
    next.events.map(({ t, at }) => [t, at - START]),
    [
      ["page.opened", 0],
      ["page.progress", 20_000],
      ["page.opened", 60_000],
    ],
  );
  assert.deepEqual(queued(kept), []);
});

test("a crash between two beats costs one pulse, though all before was answered", async () => {
  const kept = {};
  await new Tab(kept).pass(29_000);
  const next = new Tab(kept, { now: START + 60_000 });
  await next.settled();
  const reported = next.events
    .filter((event) => event.t === "page.progress")
    .map((event) => event.at - START);
  assert.deepEqual(reported, [29_000]);
});

test("a page's last report is not undone by its older draft", async () => {
  const kept = {};
  const left = new Tab(kept);
  await left.pass(28_000);
  left.now += 1500;
  left.tracker.report(true);
  await left.delivery.flush(true);
  const next = new Tab(kept, { now: START + 60_000 });
  await next.settled();
  const reported = next.events
    .filter((event) => event.t === "page.progress")
    .map((event) => event.at - START);
  assert.deepEqual(reported, [29_500]);
});

for (const status of [0, 429, 503]) {
  test(`${status || "no network"} is tried again, ever more slowly up to five minutes, with jitter`, async () => {
    const tab = new Tab({}, { status: status });
    /** @type {number[]} */
    const attempts = [];
    const flush = tab.delivery.flush;
    let before = -1;
    for (let i = 0; i < 1200; i++) {
      await tab.settled();
      tab.now += 1000;
      await flush();
      const count = tab.attempts;
      if (count !== before) attempts.push(tab.now);
      before = count;
    }
    const gaps = attempts.slice(1).map((at, i) => (at - (attempts[i] ?? 0)) / 1000);
    gaps.forEach((gap, i) => {
      const minimum = Math.min(3 * 2 ** i, 300);
      assert.ok(gap >= minimum && gap <= minimum * 1.5 + 1, `${gap} s after ${i + 1} failures`);
    });
    assert.ok(gaps.length >= 7);
  });
}

test("a page that goes while it waits to try again attempts once more, as the network may be back", async () => {
  const tab = new Tab();
  await tab.pass(20_000);
  tab.status = 0;
  await tab.pass(60_000);
  tab.tracker.report(true);
  await tab.delivery.flush(true);
  await tab.settled();
  assert.deepEqual(
    tab.beacons.map(({ events }) => events.map(({ t, at }) => [t, at - START])),
    [[["page.progress", 80_000]]],
  );
});

test("Retry-After is obeyed, by beacons too", async () => {
  const tab = new Tab({}, { status: 503, headers: { "Retry-After": "120" } });
  await tab.pass(118_000);
  await tab.delivery.flush(true);
  assert.deepEqual([tab.attempts, tab.beacons.length], [1, 0]);
  tab.status = 202;
  await tab.pass(10_000);
  assert.equal(tab.attempts > 1, true);
  assert.deepEqual(queued(tab.kept), []);
});

for (const status of [202, 400, 413, 422]) {
  test(`${status} is final`, async () => {
    const tab = new Tab({}, { status });
    await tab.settled();
    assert.deepEqual(queued(tab.kept), []);
    assert.equal(tab.hasEnded, false);
  });
}

test("a log-out in another tab loses nothing: what waits is sent once the learner is back", async () => {
  const tab = new Tab({}, { status: 401 });
  await tab.pass(4000);
  assert.equal(queued(tab.kept).length > 0, true);
  tab.status = 202;
  await tab.pass(20_000);
  assert.deepEqual([queued(tab.kept), tab.hasEnded], [[], false]);
});

for (const status of [403, 410]) {
  test(`${status} ends everything and empties the store`, async () => {
    const tab = new Tab({}, { status });
    await tab.settled();
    assert.equal(tab.hasEnded, true);
    assert.deepEqual(tab.kept, {});
  });
}

test("what leaves with the page goes by beacon, and stays stored as no script is left to read the answer", async () => {
  const tab = new Tab();
  await tab.pass(4000);
  tab.tracker.report(true);
  await tab.delivery.flush(true);
  await tab.delivery.flush();
  await tab.settled();
  assert.deepEqual(
    tab.beacons.map((beacon) => beacon.events.map((event) => event.t)),
    [["page.progress"]],
  );
  assert.equal(tab.posts.length, 1);
  assert.equal(queued(tab.kept).length, 1);
});

test("a page that comes back sends again what its beacon took", async () => {
  const tab = new Tab();
  await tab.pass(4000);
  tab.tracker.report(true);
  await tab.delivery.flush(true);
  tab.tracker.begin();
  await tab.settled();
  assert.deepEqual(
    tab.events.map((event) => event.t),
    ["page.opened", "page.opened", "page.progress"],
  );
  assert.deepEqual(queued(tab.kept), []);
});

test("an answer that never comes blocks the queue for half a minute only", async () => {
  const tab = new Tab();
  await tab.settled();
  tab.isSilent = true;
  click(tab, 1);
  await tab.pass(28_000);
  tab.isSilent = false;
  await tab.pass(6000);
  assert.equal(
    tab.events.some((event) => event.t === "feature.clicked"),
    true,
  );
});

test("a tab with a network sends what its neighbour could not", async () => {
  const kept = {};
  const offline = new Tab(kept, { status: 0 });
  await offline.settled();
  const online = new Tab(kept);
  click(offline, 1);
  await online.pass(2000);
  await offline.pass(2000);
  assert.deepEqual(
    online.events.map((event) => event.t),
    ["page.opened", "page.opened", "feature.clicked"],
  );
  assert.deepEqual(queued(kept), []);
});

test("what is added while a request is on its way stays", async () => {
  const tab = new Tab();
  click(tab, 1);
  tab.status = 500;
  await tab.settled();
  assert.deepEqual(
    queued(tab.kept).map((event) => event.t),
    ["feature.clicked"],
  );
});

test("a thousand events wait at the most, the newest", async () => {
  const tab = new Tab({}, { status: 0 });
  click(tab, 1010);
  const waiting = queued(tab.kept);
  assert.equal(waiting.length, 1000);
  assert.deepEqual(waiting.at(-1)?.p, { name: "hint 1009" });
});

test("without storage everything is still sent, in one visit", async () => {
  const tab = new Tab(
    {},
    {
      open: () => {
        throw new DOMException("denied", "SecurityError");
      },
    },
  );
  tab.place = { path: "/lessons/2/" };
  await tab.pass(20_000);
  assert.deepEqual(
    tab.events.map((event) => event.t),
    ["page.opened", "page.progress", "page.opened", "page.progress"],
  );
  assert.equal(new Set(tab.events.map((event) => event.visit)).size, 1);
});

test("where storage is full, memory takes its place", async () => {
  const full = Object.defineProperty({}, "djangoTracking", {
    get: () => undefined,
    set: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
  });
  const tab = new Tab(full, { status: 0 });
  await tab.settled();
  tab.status = 202;
  await tab.pass(10_000);
  assert.equal(tab.events.length, 1);
});

test("a damaged store is left alone", async () => {
  const tab = new Tab({ djangoTracking: "{" });
  await tab.pass(20_000);
  assert.equal(tab.events.length, 2);
});
