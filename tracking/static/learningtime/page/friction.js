import { nameOf } from "./element_names.js";

const STEPPERS = "input,select,textarea,audio,video,summary,[contenteditable],[data-track-repeat]";
const BUTTONS = "button:not(:disabled),[role=button],input[type=button]";

/** @type {Friction} */
export const friction = (on, add) => {
  /** @type {{ x: number, y: number, at: number }[]} */
  let clicks = [];
  let depth = scrollY;
  let direction = 0;
  let turns = 0;
  let told = 0;
  let stirred = 0;

  /** @type {(kind: string, element: HTMLElement) => void} */
  const tell = (kind, element) => {
    if (told++ >= 20) return;
    const near = /** @type {HTMLElement | null} */ (element.closest("[data-track],[id]"));
    const name = near ? nameOf(near, "*") : "";
    add("friction.detected", { kind, element: element.localName.slice(0, 40), name });
  };
  /** @type {(target: HTMLElement) => void} */
  const awaitEffect = (target) => {
    const button = /** @type {HTMLElement | null} */ (target.closest(BUTTONS));
    if (!button || target.closest("a,[data-track-repeat]")) return;
    const clickedAt = performance.now();
    const watch = new MutationObserver(stir);
    watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    setTimeout(() => {
      watch.disconnect();
      if (stirred < clickedAt && !document.hidden) tell("dead", button);
    }, 2500);
  };
  /** @type {(event: any) => void} */
  const countClick = ({ target, clientX: x, clientY: y, timeStamp: at }) => {
    if (target.closest(STEPPERS)) return;
    const last = clicks.at(-1);
    if (!last || at - last.at > 1000 || Math.hypot(x - last.x, y - last.y) > 30) clicks = [];
    clicks.push({ x, y, at });
    if (clicks.length === 4) tell("rage", target);
  };
  const stir = () => {
    stirred = performance.now();
  };
  on("scroll focusin submit", (event) => {
    if (event.type !== "focusin" || event.target.localName !== "button") stir();
  });
  on("scroll", () => {
    const way = Math.sign(scrollY - depth);
    if (Math.abs(scrollY - depth) < 200) return;
    if (direction && way !== direction) turns++;
    direction = way;
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
