/** @type {MakeStore} */
export const store = (open) => {
  /** @type {LocalItems} */
  let items = {};
  try {
    JSON.parse(open().djangoTracking ?? "{}");
    items = open();
  } catch {}
  return (change) => {
    const state = { ...JSON.parse(items.djangoTracking ?? "{}"), ...change };
    const djangoTracking = JSON.stringify(state);
    try {
      if (change) items.djangoTracking = djangoTracking;
      if (change === null) delete items.djangoTracking;
    } catch {
      items = { djangoTracking };
    }
    return state;
  };
};

/** @type {MakeDelivery} */
export const delivery = (clock, store, { post, beacon, end }) => {
  let sent = "";
  let failures = 0;
  let waitUntil = 0;
  let retryAfter = 0;
  const queue = (skip = sent) => (store().queue ?? []).filter(({ id }) => !skip.includes(id));

  const settle = (text = "", status = 500) => {
    sent = "";
    waitUntil = 0;
    if ([403, 410].includes(status)) {
      store(null);
      end();
    } else if ([401, 429].includes(status) || status > 499) {
      const backoff = Math.min(3000 * 2 ** failures++, 300_000);
      waitUntil = clock.time() + retryAfter * 1000 + backoff * (1 + Math.random() / 2);
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
    async flush(isLeaving) {
      const events = queue().slice(0, 12);
      if (!events[0] || (clock.time() < waitUntil && (retryAfter || !isLeaving))) return;
      const text = JSON.stringify({ v: 1, sent_at: clock.now(), events });
      const body = new Blob([text], { type: "application/json" });
      sent = text;
      if (isLeaving) return void beacon(body);
      waitUntil = clock.time() + 30_000;
      const response = await post(body).catch(() => null);
      retryAfter = Number(response?.headers.get("Retry-After")) || 0;
      settle(text, response?.status);
    },
  };
  return self;
};
