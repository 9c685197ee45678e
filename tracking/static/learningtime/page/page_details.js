import { forms } from "./forms.js";
import { friction } from "./friction.js";
import { media } from "./media.js";

/** @type {More} */
export const more = (page, on, addAny, sample, guarded) => {
  const add = guarded(addAny);
  /** @type {Map<string, number>} */
  const dwell = new Map();
  let active = 0;
  let failures = 0;

  /** The section whose head is the last above the middle of the window. */
  const section = () => {
    const heads = [...document.querySelectorAll("[data-track-section],h2[id],h3[id]")].slice(0, 35);
    const passed = heads.filter((head) => head.getBoundingClientRect().top < innerHeight / 2);
    const head = passed.at(-1) ?? heads[0];
    return head && (head.dataset.trackSection ?? head.id).slice(0, 80);
  };
  const stay = () => {
    const now = sample().active;
    const name = section();
    if (name && now > active) dwell.set(name, (dwell.get(name) ?? 0) + now - active);
    active = now;
  };
  /** What scrolls in place of the document: the nearest box around the middle of the window that does. */
  const findBox = () => {
    let box = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
    while (
      box &&
      !(box.scrollHeight > box.clientHeight + 8 && /auto|scroll/.test(getComputedStyle(box).overflowY))
    )
      box = box.parentElement;
    page.box = box ?? document.scrollingElement ?? undefined;
    sample();
  };
  /** @type {(name: unknown, file?: string, line?: number) => void} */
  const fail = (name, file = "", line = 0) => {
    if (failures++ >= 10) return;
    const path = file.startsWith(location.origin)
      ? (file.slice(location.origin.length).split(/[?#]/)[0] ?? "")
      : "";
    add("script.failed", { name: String(name ?? "Error").slice(0, 80), path: path.slice(0, 200), line });
  };

  const seen = media(on);
  const { turns, ...rubs } = friction(on, add);
  const asked = forms(on, add);
  on("click", (event) => {
    const name = event.target.closest("[data-track]")?.dataset.track.slice(0, 80);
    if (event.isTrusted && name) add("feature.clicked", { name });
    rubs.clicked(event);
  });
  on("error", ({ error, filename, lineno, target }) => {
    if (target === window) fail(error?.constructor.name, filename, lineno);
  });
  on("unhandledrejection", ({ reason }) => fail(reason?.constructor.name));

  /** @type {Left} */
  const left = (isOver) => {
    stay();
    const details = { sections: [...dwell], turns: turns() };
    dwell.clear();
    if (details.sections.length || details.turns) add("page.details", details);
    for (const part of seen()) add("media.played", part);
    if (!isOver) return;
    asked();
    active = 0;
    failures = 0;
    setTimeout(findBox);
  };
  findBox();
  setInterval(guarded(stay), 2000);
  setInterval(guarded(left), 60_000);
  page.left = left;
};
