import assert from "node:assert/strict";
import { test } from "node:test";
import { FRAMED, HIDDEN, PLAYING, READING, Reader, UNFOCUSED } from "./fakes.js";

/** @param {Reader} reader */
const times = ({ totals: { active, visible, media } }) => ({ active, visible, media });

test("reading without input is active for a minute", () => {
  assert.deepEqual(times(new Reader().pass(90_000)), { active: 60_000, visible: 90_000, media: 0 });
});

test("input goes on counting for a minute from when it came", () => {
  const reader = new Reader().pass(45_500).input().pass(120_000);
  assert.deepEqual(times(reader), { active: 105_500, visible: 165_500, media: 0 });
});

test("input after a pause credits nothing of the pause", () => {
  const reader = new Reader().pass(100_000).input().pass(10_000);
  assert.deepEqual(reader.totals.spans, [
    [0, 60_000],
    [100_000, 110_000],
  ]);
});

test("a hidden page earns nothing", () => {
  assert.deepEqual(times(new Reader(HIDDEN).pass(60_000)), { active: 0, visible: 0, media: 0 });
});

test("a page without focus is visible and not active", () => {
  assert.deepEqual(times(new Reader(UNFOCUSED).pass(60_000)), { active: 0, visible: 60_000, media: 0 });
});

test("coming back counts as input", () => {
  const reader = new Reader().pass(10_000).become(HIDDEN).pass(300_000).become(READING).pass(90_000);
  assert.deepEqual(times(reader), { active: 70_000, visible: 100_000, media: 0 });
});

test("media that plays needs neither input nor focus", () => {
  const reader = new Reader({ ...PLAYING, idleAfter: 0 }).pass(600_000);
  assert.deepEqual(times(reader), { active: 600_000, visible: 600_000, media: 600_000 });
});

test("media out of sight is media time and nothing else", () => {
  const reader = new Reader({ ...PLAYING, visible: false }).pass(60_000);
  assert.deepEqual(times(reader), { active: 0, visible: 0, media: 60_000 });
});

test("a focused frame counts for five minutes from the click into it", () => {
  const reader = new Reader().pass(30_000).become(FRAMED).pass(600_000);
  assert.deepEqual(times(reader), { active: 330_000, visible: 630_000, media: 0 });
});

test("a page that slept adds nothing for it, whatever was true when it fell asleep", () => {
  for (const scene of [READING, FRAMED, PLAYING]) {
    const reader = new Reader(scene).pass(10_000).sleep(3_600_000);
    assert.deepEqual(reader.totals.spans, [[0, 10_000]]);
    assert.equal(reader.totals.visible, 10_000);
  }
});

test("a page that woke is active only after input", () => {
  const reader = new Reader().pass(10_000).sleep(3_600_000).pass(20_000).input().pass(5000);
  assert.deepEqual(times(reader), { active: 15_000, visible: 35_000, media: 0 });
});

test("spans up to a second apart are one", () => {
  const reader = new Reader().pass(5000).become(UNFOCUSED).pass(1000).become(READING).pass(5000);
  assert.deepEqual(reader.totals.spans, [[0, 11_000]]);
  assert.equal(reader.totals.active, 10_000);
});

test("too many spans cost the smallest old gaps, never time, and leave the newer half exact", () => {
  const reader = new Reader();
  /** @type {Span[]} */
  const exact = [];
  for (let i = 0; i < 400; i++) {
    exact.push([reader.now, reader.now + 3000]);
    reader.pass(3000).become(UNFOCUSED);
    reader.pass(2000 + (i % 7) * 1000).become(READING);
  }
  const { spans, active } = reader.totals;
  assert.equal(active, 1_200_000);
  assert.equal(spans.length, 150);
  assert.deepEqual(spans.slice(-75), exact.slice(-75));
  for (const [start, end] of exact) assert.ok(spans.some(([from, to]) => from <= start && end <= to));
});

test("the longest list of spans leaves room for the rest of an event of 4 KiB", () => {
  const spans = Array.from({ length: 150 }, () => [86_000_000, 86_000_000]);
  assert.ok(JSON.stringify(spans).length < 3100);
});

test("depth counts once the page has been visible for a second, and never falls", () => {
  const reader = new Reader({ ...READING, depth: 40 }).pass(900);
  assert.equal(reader.totals.scroll, 0);
  reader
    .pass(2000)
    .become({ ...READING, depth: 80 })
    .pass(10)
    .become({ ...READING, depth: 10 })
    .pass(2000);
  assert.equal(reader.totals.scroll, 80);
});

/** Numbers from 0 to 1 that are the same in every run (mulberry32). @param {number} seed */
const randomness = (seed) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

/** The same rules, written naively: check every 10 ms whether the learner is active. */
class Oracle {
  active = 0;
  visible = 0;
  media = 0;
  #now = 0;
  #input = 0;

  /** @param {number} milliseconds @param {Scene} scene */
  pass(milliseconds, scene) {
    for (let tick = 0; tick < milliseconds; tick += 10, this.#now += 10) {
      if (scene.playing) this.media += 10;
      if (!scene.visible) continue;
      this.visible += 10;
      if (scene.playing || this.#now < this.#input + scene.idleAfter) this.active += 10;
    }
  }

  /** @param {number} milliseconds */
  sleep(milliseconds) {
    this.#now += milliseconds;
  }

  input() {
    this.#input = this.#now;
  }
}

/** @param {() => number} random @param {Reader} reader @param {Oracle} oracle */
const step = (random, reader, oracle) => {
  const choice = random();
  if (choice < 0.1) {
    const asleep = 5000 + Math.floor(random() * 400) * 1000;
    reader.sleep(asleep);
    oracle.sleep(asleep);
  } else if (choice < 0.5) {
    const awake = Math.floor(random() * 9000) * 10;
    oracle.pass(awake, reader.scene);
    reader.pass(awake);
  } else if (choice < 0.75) {
    oracle.input();
    reader.input();
  } else change(random, reader, oracle);
};

/** @param {() => number} random @param {Reader} reader @param {Oracle} oracle */
const change = (random, reader, oracle) => {
  const previous = reader.scene;
  const scene = {
    visible: random() < 0.7,
    playing: random() < 0.2,
    idleAfter: [0, 60_000, 300_000][Math.floor(random() * 3)] ?? 0,
    depth: 10,
  };
  if (scene.visible !== previous.visible || scene.idleAfter !== previous.idleAfter) oracle.input();
  reader.become(scene);
};

for (let seed = 1; seed <= 40; seed++) {
  test(`a random walk agrees with a check every 10 ms (${seed})`, () => {
    const random = randomness(seed);
    const reader = new Reader();
    const oracle = new Oracle();
    for (let i = 0; i < 200; i++) {
      step(random, reader, oracle);
      const { active, visible, media, spans } = reader.totals;
      const expected = { active: oracle.active, visible: oracle.visible, media: oracle.media };
      assert.deepEqual({ active, visible, media }, expected);
      assert.ok(active <= visible && visible <= reader.now && media <= reader.now);
      const covered = spans.reduce((sum, [start, end]) => sum + end - start, 0);
      assert.ok(active <= covered && covered <= reader.now);
    }
  });
}
