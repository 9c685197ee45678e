/** @type {MakeStore} */
export const store = (open) => {
  /** @type {Kept} */
  let kept = {};
  try {
    JSON.parse(open().djangoTracking ?? "{}");
    kept = open();
  } catch {}
  return (change) => {
    const state = { ...JSON.parse(kept.djangoTracking ?? "{}"), ...change };
    const djangoTracking = JSON.stringify(state);
    try {
      if (change) kept.djangoTracking = djangoTracking;
      if (change === null) delete kept.djangoTracking;
    } catch {
      kept = { djangoTracking };
    }
    return state;
  };
};

/** @type {MakeDelivery} */
export const delivery = (clock, store, { post, beacon, end }) => {
  let flight = "";
  let failures = 0;
  let waitUntil = 0;
  let asked = 0;
  const queue = (but = flight) => (store().queue ?? []).filter(({ id }) => !but.includes(id));

  const settle = (text = "", status = 500) => {
    flight = "";
    waitUntil = 0;
    if ([403, 410].includes(status)) {
      store(null);
      end();
    } else if ([401, 429].includes(status) || status > 499) {
      const backoff = Math.min(3000 * 2 ** failures++, 300_000);
      waitUntil = clock.time() + asked * 1000 + backoff * (1 + Math.random() / 2);
    } else {
      failures = 0;
      store({ queue: queue(text) });
      self.flush();
    }
  };

  /** @type {Delivery} */
  const self = {
    add(event) {
      const { t, view } = event;
      const others = queue("").filter((old) => t !== "page.progress" || old.t !== t || old.view !== view);
      store({ queue: [...others, event].slice(-1000) });
    },
    async flush(isGone) {
      const events = queue().slice(0, 12);
      if (!events[0] || (clock.time() < waitUntil && (asked || !isGone))) return;
      const text = JSON.stringify({ v: 1, sent_at: clock.now(), events });
      const body = new Blob([text], { type: "application/json" });
      flight = text;
      if (isGone) return void beacon(body);
      waitUntil = clock.time() + 30_000; // Or until the answer.
      const answer = await post(body).catch(() => null);
      asked = Number(answer?.headers.get("Retry-After")) || 0;
      settle(text, answer?.status);
    },
  };
  return self;
};
