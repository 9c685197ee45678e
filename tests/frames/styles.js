/** What the elements of a page look like, to compare one look at them with another.
 *
 * @typedef {[string, Record<string, string | number>]} Look an element's name, and its styles
 */

/** Only these two get lower where the page around them gets shorter. */
const GROWING = ["html", "body", "main"];
const LOWER = ["height", "block-size", "perspective-origin", "transform-origin"];

/**
 * @param {Element} element
 * @param {string[]} [names] all of them, unless given
 */
function stylesOf(element, names) {
  /** @type {Record<string, string | number>} */
  const styles = {};
  for (const part of ["", "::before", "::after"]) {
    const computed = getComputedStyle(element, part || null);
    if (part && computed.content === "none") continue;
    const seen = names?.filter((name) => isSeen(name, computed)) ?? [...computed];
    for (const name of seen) styles[`${part} ${name}`] = computed.getPropertyValue(name);
  }
  return styles;
}

/**
 * Whether a style makes a difference: the colour of a line that has no width does not.
 *
 * @param {string} name
 * @param {CSSStyleDeclaration} computed
 */
function isSeen(name, computed) {
  const [side] = name.match(/^border-(block|inline)-(start|end)/) ?? [];
  if (side) return computed.getPropertyValue(`${side}-width`) !== "0px";
  if (name === "text-decoration-color") return computed.textDecorationLine !== "none";
  return true;
}

/** @param {Element} element */
function nameOf(element) {
  return `${element.localName}.${element.getAttribute("class") ?? ""}`;
}

/** @returns {Look[]} */
function looksOfHost() {
  const frame = document.querySelectorAll("html, body, main, [data-of-host], [data-of-host] *");
  return [...frame].map((element) => {
    const styles = stylesOf(element);
    if (GROWING.includes(element.localName)) for (const name of LOWER) delete styles[` ${name}`];
    return [nameOf(element), styles];
  });
}

/**
 * @param {string[]} names
 * @returns {Look[]}
 */
function looksOfOurs(names) {
  const ours = [...document.querySelectorAll(".trk, .trk *:not(.trk-sprite, .trk-sprite *, option)")];
  const ground = ours[0]?.getBoundingClientRect();
  return ours
    .filter((element) => element.getClientRects().length > 0)
    .map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      const place = { x: x - (ground?.x ?? 0), y: y - (ground?.y ?? 0), width, height };
      return [nameOf(element), { ...stylesOf(element, names), ...place }];
    });
}

export { looksOfHost, looksOfOurs };
