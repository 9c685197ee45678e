import { nameOf } from "./element_names.js";

/** @type {Media} */
export const media = (on) => {
  /** @type {Map<string, Span[]>} */
  const seen = new Map();
  /** @type {WeakMap<EventTarget, number>} */
  const at = new WeakMap();
  /** @type {(name: string, from: number, to: number) => void} */
  const note = (name, from, to) => {
    const spans = seen.get(name) ?? [];
    const last = spans.at(-1);
    if (last && Math.abs(last[1] - from) < 0.5) last[1] = to;
    else if (spans.length < 50) spans.push([from, to]);
    if (seen.size < 10) seen.set(name, spans);
  };
  on("timeupdate seeking", ({ type, target }) => {
    const now = target.currentTime;
    const from = at.get(target) ?? now;
    at.set(target, now);
    // A jump is not playing; nor is what a page that slept has missed.
    if (type === "seeking" || now <= from || now - from > 2 * target.playbackRate) return;
    note(nameOf(target, "audio,video"), from, now);
  });
  return () => {
    const told = [...seen].map(([name, spans]) => ({
      name,
      spans: spans.map(([from, to]) => [Math.round(from * 1000), Math.round(to * 1000)]),
    }));
    seen.clear();
    return told;
  };
};
