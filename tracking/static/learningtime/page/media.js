import { nameOf } from "./element_names.js";

/** @type {Media} */
export const media = (on) => {
  /** @type {Map<string, Span[]>} */
  const played = new Map();
  /** @type {WeakMap<EventTarget, number>} */
  const position = new WeakMap();
  /** @type {(name: string, from: number, to: number) => void} */
  const addSpan = (name, from, to) => {
    const spans = played.get(name) ?? [];
    const last = spans.at(-1);
    if (last && Math.abs(last[1] - from) < 0.5) last[1] = to;
    else if (spans.length < 50) spans.push([from, to]);
    if (played.size < 10) played.set(name, spans);
  };
  on("timeupdate seeking", ({ type, target }) => {
    const now = target.currentTime;
    const from = position.get(target) ?? now;
    position.set(target, now);
    // A jump is not playing, and a page that slept has not seen what played meanwhile.
    if (type === "seeking" || now <= from || now - from > 2 * target.playbackRate) return;
    addSpan(nameOf(target, "audio,video"), from, now);
  });
  return () => {
    const payloads = [...played].map(([name, spans]) => ({
      name,
      spans: spans.map(([from, to]) => [Math.round(from * 1000), Math.round(to * 1000)]),
    }));
    played.clear();
    return payloads;
  };
};
