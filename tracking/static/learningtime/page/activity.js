/** @type {MakeActivity} */
export const activity = (start, firstScene) => {
  /** @type {Span[]} */
  const spans = [];
  const totals = { active: 0, visible: 0, media: 0, scroll: 0, spans };
  let scene = firstScene;
  let sampledAt = start;
  let inputAt = start;

  const join = () => {
    const gaps = spans.slice(0, 75).map(([, end], i) => (spans[i + 1] ?? [0])[0] - end);
    const at = gaps.indexOf(Math.min(...gaps));
    const [from = 0, , , to = 0] = spans.slice(at, at + 2).flat();
    spans.splice(at, 2, [from, to]);
  };

  const cover = (from = 0, to = 0) => {
    totals.active += to - from;
    const last = spans.at(-1);
    if (last && from - last[1] <= 1000) last[1] = to;
    else spans.push([from, to]);
    if (spans.length > 150) join();
  };

  const credit = (time = 0) => {
    if (scene.playing) totals.media += time;
    if (!scene.visible) return;
    totals.visible += time;
    if (totals.visible >= 1000) totals.scroll = Math.max(totals.scroll, scene.depth);
    const active = scene.playing ? time : Math.min(time, inputAt + scene.idleAfter - sampledAt);
    if (active > 0) cover(sampledAt - start, sampledAt - start + active);
  };

  return (now, next, isInput) => {
    if (now - sampledAt <= 4000) credit(now - sampledAt); // Longer: the page slept.
    if (isInput || next.idleAfter !== scene.idleAfter || next.visible !== scene.visible) inputAt = now;
    scene = next;
    sampledAt = now;
    return totals;
  };
};
