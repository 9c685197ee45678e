/** Shows the button that prints a page. It is hidden without scripts, because it would do nothing.

Modules that are collapsed are expanded for the paper, however the reader prints, and collapsed again afterwards. */

for (const button of document.querySelectorAll("button[data-trk-print]")) {
  if (button instanceof HTMLButtonElement) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

/** @type {HTMLDetailsElement[]} */
let expanded = [];

window.addEventListener("beforeprint", () => {
  const collapsed = document.querySelectorAll("details.trk-module:not([open])");
  expanded = [...collapsed].filter((each) => each instanceof HTMLDetailsElement);
  for (const each of expanded) each.open = true;
});

window.addEventListener("afterprint", () => {
  for (const each of expanded) each.open = false;
  expanded = [];
});
