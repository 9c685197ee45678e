import { nameOf } from "./element_names.js";

const CLICKED_OFTEN = "input,select,textarea,audio,video,summary,[contenteditable],[data-track-repeat]";
const BUTTONS = "button:not(:disabled),[role=button],input[type=button]";

/** @type {Friction} */
export const friction = (on, add) => {
  /** @type {{ x: number, y: number, at: number }[]} */
  let clicks = [];
  let hasSelected = false;
  let depth = scrollY;
  let direction = 0;
  let turns = 0;
  let reported = 0;
  let changedAt = 0;

  /** @type {(kind: string, element: HTMLElement) => void} */
  const report = (kind, element) => {
    if (reported++ >= 20) return;
    const named = /** @type {HTMLElement | null} */ (element.closest("[data-track],[id]"));
    const name = named ? nameOf(named, "*") : "";
    add("friction.detected", { kind, element: element.localName.slice(0, 40), name });
  };
  /** @type {(act: MutationCallback, milliseconds: number) => void} */
  const watch = (act, milliseconds) => {
    const observer = new MutationObserver(act);
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    setTimeout(() => observer.disconnect(), milliseconds);
  };
  /** @type {(target: HTMLElement) => void} */
  const awaitEffect = (target) => {
    const button = /** @type {HTMLElement | null} */ (target.closest(BUTTONS));
    if (!button || target.closest("a,[data-track-repeat]")) return;
    const clickedAt = performance.now();
    watch(noteChange, 2500);
    setTimeout(() => {
      if (changedAt < clickedAt && !document.hidden) report("dead", button);
    }, 2500);
  };
  /** @type {(target: HTMLElement, control: HTMLElement) => unknown} */
  const isClickedOften = (target, control) =>
    target.closest(CLICKED_OFTEN) || control.parentElement?.querySelector(":scope>:is(input,output)");
  /** @type {(event: any) => void} */
  const countClick = ({ target, clientX: x, clientY: y, timeStamp: at, detail }) => {
    const control = target.closest("button,a,[role]") ?? target;
    if (isClickedOften(target, control)) return;
    const last = clicks.at(-1);
    const isNear = last && at - last.at <= 1000 && Math.hypot(x - last.x, y - last.y) <= 30;
    if (!isNear || (detail === 1 && hasSelected)) clicks = [];
    hasSelected = getSelection()?.type === "Range";
    clicks.push({ x, y, at });
    if (clicks.length === 4) report("rage", target);
    watch((changes) => {
      if (changes.some(({ target: changed }) => !control.contains(changed))) clicks = [];
    }, 1000);
  };
  const noteChange = () => {
    changedAt = performance.now();
  };
  // A click focuses its own button, so that alone is no effect.
  on("scroll focusin submit", (event) => {
    if (event.type !== "focusin" || event.target.localName !== "button") noteChange();
  });
  on("scroll seeking volumechange", () => {
    clicks = [];
    const newDirection = Math.sign(scrollY - depth);
    if (Math.abs(scrollY - depth) < 200) return;
    if (direction && newDirection !== direction) turns++;
    direction = newDirection;
    depth = scrollY;
  });
  return {
    clicked(event) {
      if (!event.isTrusted) return;
      awaitEffect(event.target);
      countClick(event);
    },
    turns() {
      const count = turns;
      turns = 0;
      return count;
    },
  };
};
