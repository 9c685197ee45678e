import assert from "node:assert/strict";
import { test } from "node:test";
import { clock } from "../../tracking/static/learningtime/page/capture.js";
import { HIDDEN, START, Tab, UNFOCUSED } from "./fakes.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** @param {Tab} tab */
const kinds = (tab) => tab.events.map(({ t, path, unit }) => [t, path, unit]);
/** @param {Tab} tab */
const lastProgress = (tab) => {
  const event = tab.events.filter(({ t }) => t === "page.progress").at(-1);
  return /** @type {Totals & { elapsed: number }} */ (event?.p);
};
/** @param {Tab} tab */
const viewCount = (tab) => new Set(tab.events.map((event) => event.view)).size;

test("a page view reports that it opened, at once and in the documented shape", async () => {
  const tab = new Tab();
  await tab.settled();
  const [post] = tab.posts;
  const [event] = post?.events ?? [];
  assert.match(event?.id ?? "", /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual(post, {
    v: 1,
    sent_at: START,
    events: [
      {
        id: event?.id,
        t: "page.opened",
        at: START,
        view: event?.view,
        visit: event?.visit,
        n: 0,
        path: "/lessons/1/",
        p: {},
      },
    ],
  });
});

test("progress is reported every 15 s while the learner is active, and then no more", async () => {
  const tab = new Tab();
  await tab.pass(10 * MINUTE);
  const reported = tab.events.filter((event) => event.t === "page.progress").map((event) => event.at - START);
  assert.deepEqual(reported, [16_000, 32_000, 48_000, 64_000]);
  assert.deepEqual(lastProgress(tab), {
    elapsed: 64_000,
    active: 60_000,
    visible: 64_000,
    media: 0,
    scroll: 50,
    spans: [[0, 60_000]],
  });
});

test("leaving reports the visible time of an idle learner once", async () => {
  const tab = new Tab();
  await tab.pass(3 * MINUTE);
  tab.tracker.report(true);
  tab.tracker.report(true);
  await tab.pass(2000);
  assert.equal(lastProgress(tab).visible, 180_000);
  const leavings = tab.events.filter((event) => event.at === START + 3 * MINUTE);
  assert.equal(leavings.length, 1);
});

test("n rises within a view", async () => {
  const tab = new Tab();
  await tab.pass(20_000);
  tab.tracker.add("feature.clicked", { name: "hint" });
  await tab.pass(20_000);
  const numbers = tab.events.map(({ n }) => n);
  assert.equal(numbers.length, 4);
  assert.deepEqual(
    numbers,
    [...new Set(numbers)].sort((a, b) => a - b),
  );
});

test("a new path is a new view, and the old one is reported to its end", async () => {
  const tab = new Tab();
  await tab.pass(4000);
  tab.now += 500;
  tab.tracker.move({ path: "/lessons/2/" });
  await tab.settled();
  assert.deepEqual(kinds(tab), [
    ["page.opened", "/lessons/1/", undefined],
    ["page.progress", "/lessons/1/", undefined],
    ["page.opened", "/lessons/2/", undefined],
  ]);
  assert.equal(lastProgress(tab).active, 4500);
});

test("a path that stays is no new view", async () => {
  const tab = new Tab();
  tab.tracker.move({ path: "/lessons/1/" });
  await tab.pass(2000);
  assert.equal(viewCount(tab), 1);
});

test("a path that changed unannounced is noticed by the pulse", async () => {
  const tab = new Tab();
  tab.place = { path: "/lessons/2/" };
  await tab.pass(2000);
  assert.equal(viewCount(tab), 2);
});

test("a unit that becomes known names the view that is open", async () => {
  const tab = new Tab();
  tab.tracker.move({ path: "/lessons/1/", unit: "l1", course: "c1" });
  await tab.pass(2000);
  assert.equal(viewCount(tab), 1);
  assert.deepEqual(
    tab.events.map(({ t, unit, course }) => [t, unit, course]),
    [
      ["page.opened", undefined, undefined],
      ["page.opened", "l1", "c1"],
    ],
  );
});

test("another unit on the same path is a new view in the same course", async () => {
  const tab = new Tab();
  tab.tracker.move({ path: "/lessons/1/", unit: "l1", course: "c1" });
  tab.tracker.move({ path: "/lessons/1/", unit: "l2" });
  tab.tracker.move({ path: "/lessons/1/", unit: "l2" });
  await tab.pass(4000);
  assert.equal(viewCount(tab), 2);
  assert.deepEqual([tab.events.at(-1)?.unit, tab.events.at(-1)?.course], ["l2", "c1"]);
});

test("views follow one another in a visit until half an hour without any", async () => {
  const kept = {};
  /** @type {(string | undefined)[]} */
  const visits = [];
  for (const now of [0, 20 * MINUTE, 50 * MINUTE, 81 * MINUTE]) {
    const tab = new Tab(kept, { now: START + now });
    await tab.settled();
    visits.push(tab.events.find((event) => event.t === "page.opened" && event.at === START + now)?.visit);
  }
  assert.deepEqual(
    visits.map((visit) => visits.indexOf(visit)),
    [0, 0, 0, 3],
  );
});

test("a visit ends after a day, however busy", async () => {
  const kept = {};
  const visits = new Set();
  for (let now = 0; now <= 25 * HOUR; now += 25 * MINUTE) {
    const tab = new Tab(kept, { now: START + now });
    await tab.settled();
    visits.add(tab.events.at(-1)?.visit);
  }
  assert.equal(visits.size, 2);
});

test("a view keeps its visit, and what follows a long pause in it is another", async () => {
  const tab = new Tab();
  await tab.settled();
  tab.now += HOUR;
  tab.tracker.sample(true);
  await tab.pass(20_000);
  tab.tracker.move({ path: "/lessons/2/" });
  await tab.settled();
  const [opened] = tab.events;
  const next = tab.events.find((event) => event.path === "/lessons/2/");
  assert.ok(tab.events.every((event) => event.view !== opened?.view || event.visit === opened?.visit));
  assert.notEqual(next?.visit, opened?.visit);
});

test("input in a view of more than a day begins the next, as the server lets none last longer", async () => {
  const tab = new Tab();
  await tab.settled();
  tab.now += 30 * HOUR;
  tab.tracker.sample(true);
  await tab.pass(20_000);
  assert.equal(viewCount(tab), 2);
  assert.equal(lastProgress(tab).elapsed, 16_000);
});

test("a view opened out of sight has no time, and says nothing more", async () => {
  const tab = new Tab();
  tab.scene = HIDDEN;
  tab.tracker.sample();
  await tab.pass(HOUR);
  assert.equal(tab.events.length, 1);
});

test("a window next to another one counts as visible only", async () => {
  const tab = new Tab();
  tab.scene = UNFOCUSED;
  tab.tracker.sample();
  await tab.pass(MINUTE);
  tab.tracker.report(true);
  await tab.pass(2000);
  assert.deepEqual([lastProgress(tab).active, lastProgress(tab).visible], [0, 60_000]);
});

test("a laptop that slept finds its spans where the wall clock says they were", async () => {
  const tab = new Tab();
  await tab.pass(20_000);
  tab.now += HOUR;
  await tab.pass(2000);
  tab.tracker.sample(true);
  await tab.pass(20_000);
  tab.tracker.report(true);
  await tab.pass(2000);
  assert.deepEqual(lastProgress(tab).spans, [
    [0, 20_000],
    [3_622_000, 3_642_000],
  ]);
});

test("a clock set back neither takes time away nor adds any", async () => {
  const tab = new Tab();
  await tab.pass(20_000);
  tab.now -= HOUR;
  await tab.pass(20_000);
  tab.tracker.report(true);
  await tab.pass(2000);
  const { elapsed, active, spans } = lastProgress(tab);
  assert.deepEqual({ elapsed, active, spans }, { elapsed: 38_000, active: 38_000, spans: [[0, 38_000]] });
});

test("identifiers are all different and in the order of their time", () => {
  let now = START;
  const { id } = clock(() => now++);
  const ids = Array.from({ length: 1000 }, id);
  assert.equal(new Set(ids).size, 1000);
  assert.deepEqual([...ids].sort(), ids);
});
