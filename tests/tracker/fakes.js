/** Fakes of the browser for the tracker: time that a test moves, a store in memory, a server that answers as a test sets it. */

import { activity } from "../../tracking/static/learningtime/page/activity.js";
import { clock, tracker } from "../../tracking/static/learningtime/page/capture.js";
import { delivery, store } from "../../tracking/static/learningtime/page/delivery.js";

export const START = Date.UTC(2026, 0, 5, 9);
const PULSE = 2000;

/** @type {Scene} */
export const READING = { visible: true, idleAfter: 60_000, playing: false, depth: 50 };
export const HIDDEN = { ...READING, visible: false };
export const UNFOCUSED = { ...READING, idleAfter: 0 };
export const FRAMED = { ...READING, idleAfter: 300_000 };
export const PLAYING = { ...READING, playing: true };

/** The activity of one page view, sampled as the pulse does. */
export class Reader {
  now = 0;
  /** @type {Totals} */
  totals;
  #sample;

  /** @param {Scene} scene */
  constructor(scene = READING) {
    this.scene = scene;
    this.#sample = activity(0, scene);
    this.totals = this.#sample(0, scene);
  }

  /** Let time pass with a sample at least every pulse. @param {number} milliseconds */
  pass(milliseconds) {
    const end = this.now + milliseconds;
    while (this.now < end) {
      this.now = Math.min(this.now + PULSE, end);
      this.totals = this.#sample(this.now, this.scene);
    }
    return this;
  }

  /** Let time pass in which the page does not run. @param {number} milliseconds */
  sleep(milliseconds) {
    this.now += milliseconds;
    this.totals = this.#sample(this.now, this.scene);
    return this;
  }

  /** @param {Scene} scene */
  become(scene) {
    this.scene = scene;
    this.totals = this.#sample(this.now, scene);
    return this;
  }

  input() {
    this.totals = this.#sample(this.now, this.scene, true);
    return this;
  }
}

/** One tab of one browser: the real modules around a fake page, network and time. */
export class Tab {
  now = START;
  scene = READING;
  /** @type {Place} */
  place = { path: "/lessons/1/" };
  /** @type {{ events: TrackingEvent[], sent_at: number, v: number }[]} */
  posts = [];
  /** @type {{ events: TrackingEvent[] }[]} */
  beacons = [];
  /** The status of the server's answer; 0 is no network. */
  status = 202;
  hasEnded = false;
  attempts = 0;
  isSilent = false;

  /** @param {LocalItems} kept @param {{ now?: number, open?: () => LocalItems, status?: number, headers?: Record<string, string> }} [options] */
  constructor(kept = {}, { now = START, open = () => kept, status = 202, headers = {} } = {}) {
    this.now = now;
    this.status = status;
    this.headers = headers;
    this.kept = kept;
    this.store = store(open);
    const times = clock(() => this.now);
    this.delivery = delivery(times, this.store, {
      post: (body) => this.#post(body),
      beacon: (body) => {
        body.text().then((text) => this.beacons.push(JSON.parse(text)));
        return true;
      },
      end: () => {
        this.hasEnded = true;
      },
    });
    this.tracker = tracker(
      times,
      { scene: () => this.scene, place: () => ({ ...this.place }) },
      this.store,
      this.delivery,
    );
  }

  /** Every event that the server received by fetch, in order. */
  get events() {
    return this.posts.flatMap((post) => post.events);
  }

  /** @param {number} milliseconds */
  async pass(milliseconds) {
    for (let left = milliseconds; left > 0; left -= PULSE) {
      this.now += Math.min(left, PULSE);
      this.tracker.pulse();
      await this.settled();
    }
  }

  /** Let answers arrive. */
  settled() {
    return new Promise((resolve) => setTimeout(resolve));
  }

  /** @param {Blob} body */
  async #post(body) {
    this.attempts += 1;
    if (this.isSilent) return new Promise(() => {});
    if (!this.status) throw new TypeError("Failed to fetch");
    const { status, headers } = this;
    this.posts.push(JSON.parse(await body.text()));
    return new Response(null, { status, headers });
  }
}
