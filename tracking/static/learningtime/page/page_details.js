import { forms } from "./forms.js";
import { friction } from "./friction.js";
import { media } from "./media.js";

/** @type {MakePageDetails} */
export const pageDetails = (page, on, addUnguarded, sample, guarded) => {
  const add = guarded(addUnguarded);
  /** @type {Map<string, number>} */
  const dwell = new Map();
  let active = 0;
  let failures = 0;

  /** The section whose heading is the last one above the middle of the window. */
  const section = () => {
    const headings = [...document.querySelectorAll("[data-track-section],h2[id],h3[id]")].slice(0, 35);
    const above = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 2);
    const heading = above.at(-1) ?? headings[0];
    return heading && (heading.dataset.trackSection ?? heading.id).slice(0, 80);
  };
  const countDwell = () => {
    const now = sample().active;
    const name = section();
    if (name && now > active) dwell.set(name, (dwell.get(name) ?? 0) + now - active);
    active = now;
  };
  /** The box that scrolls in place of the document: the nearest one around the middle of the window. */
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
  const reportFailure = (name, file = "", line = 0) => {
    if (failures++ >= 10) return;
    const path = file.startsWith(location.origin)
      ? (file.slice(location.origin.length).split(/[?#]/)[0] ?? "")
      : "";
    add("script.failed", { name: String(name ?? "Error").slice(0, 80), path: path.slice(0, 200), line });
  };

  let inputAt = 0;
  const sampleInput = guarded((/** @type {Event} */ event) => {
    if (performance.now() - inputAt < 250) return;
    inputAt = performance.now();
    sample(event.isTrusted);
  });
  /** @type {(frame: HTMLIFrameElement) => void} */
  const listenIn = ({ contentDocument: inner }) => {
    for (const type of "pointerdown pointermove keydown wheel touchmove".split(" "))
      inner?.addEventListener(type, sampleInput, true);
  };
  document.querySelectorAll("iframe").forEach(listenIn);
  on("load", ({ target }) => target.localName === "iframe" && listenIn(target));

  const takePlayed = media(on);
  const { turns, clicked } = friction(on, add);
  const abandonForms = forms(on, add);
  on("click", (event) => {
    const name = event.target.closest("[data-track]")?.dataset.track.slice(0, 80);
    if (event.isTrusted && name) add("feature.clicked", { name });
    clicked(event);
  });
  on("error", ({ error, filename, lineno, target }) => {
    if (target === window) reportFailure(error?.constructor.name, filename, lineno);
  });
  on("unhandledrejection", ({ reason }) => reportFailure(reason?.constructor.name));

  /** @type {Leave} */
  const leave = (isOver) => {
    countDwell();
    const details = { sections: [...dwell], turns: turns() };
    dwell.clear();
    if (details.sections.length || details.turns) add("page.details", details);
    for (const payload of takePlayed()) add("media.played", payload);
    if (!isOver) return;
    abandonForms();
    active = 0;
    failures = 0;
    setTimeout(findBox);
  };
  findBox();
  setInterval(guarded(countDwell), 2000);
  setInterval(guarded(leave), 60_000);
  page.leave = leave;
};
