import { activity } from "./activity.js";

/** @type {MakeClock} */
export const clock = (now) => {
  let last = 0;
  let shift = 0;
  const digit = () => (Number(crypto.getRandomValues(new Uint8Array(1))) % 16).toString(16);
  return {
    now,
    time() {
      shift = Math.max(shift, last - now());
      last = now() + shift;
      return last;
    },
    id: () =>
      now().toString(16).padStart(12, "0").replace(/.{8}/, "$&-") +
      "-7xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, digit),
  };
};

/** @type {MakeTracker} */
export const tracker = (clock, page, store, delivery) => {
  /** @type {PageView} */
  let view;

  const visit = () => {
    const now = clock.now();
    let { visit } = store();
    if (!visit || now < visit.began || now - visit.began > 24 * 3600_000 || now - visit.seen > 1800_000)
      visit = { id: clock.id(), began: now, seen: now };
    store({ visit: { ...visit, seen: now } });
    return visit.id;
  };

  /** @type {Tracker} */
  const self = {
    begin(place = view.place) {
      if (view) self.report(true, true);
      const began = clock.time();
      const sample = activity(began, page.scene());
      const head = { view: clock.id(), visit: visit() };
      view = { head, place, began, sample, n: 0, seen: 0, reported: 0, reportedAt: 0 };
      self.add("page.opened", {});
      delivery.flush();
    },
    add(t, p, isDue = true) {
      visit();
      const event = { id: clock.id(), t, at: clock.now(), ...view.head, n: view.n++, ...view.place, p };
      store({ draft: isDue ? undefined : event });
      if (isDue) delivery.add(event);
    },
    sample(isInput) {
      if (isInput && clock.time() - view.began > 86_000_000) self.begin();
      return view.sample(clock.time(), page.scene(), isInput);
    },
    report(isLast, isOver) {
      if (isLast) page.leave?.(isOver);
      const totals = self.sample();
      const elapsed = clock.time() - view.began;
      if (isLast) view.seen = totals.visible;
      const sum = totals.active + totals.media + totals.scroll + view.seen;
      if (sum - view.reported < 50) return;
      const isDue = isLast || elapsed - view.reportedAt >= 15_000;
      self.add("page.progress", structuredClone({ elapsed, ...totals }), isDue);
      if (!isDue) return;
      view.reported = sum;
      view.reportedAt = elapsed;
    },
    move(next) {
      const { path, unit, course } = view.place;
      next.course ??= course;
      const isHere = next.path === path;
      if (isHere && (!next.unit || (next.unit === unit && next.course === course))) return;
      if (!isHere || unit) return self.begin(next);
      view.place = next;
      self.add("page.opened", {});
    },
    pulse() {
      self.move(page.place());
      self.report();
      delivery.flush();
    },
  };
  const { draft } = store();
  if (draft) delivery.add(draft);
  self.begin(page.place());
  return self;
};
