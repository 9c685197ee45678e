/** Shows the button that prints a page: without a script it would do nothing, and the browser's own menu is there.

Modules that are folded are unfolded for the paper, however it is printed, and folded again after. */

for (const button of document.querySelectorAll("button[data-trk-print]")) {
  if (button instanceof HTMLButtonElement) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

/** @type {HTMLDetailsElement[]} */
let unfolded = [];

window.addEventListener("beforeprint", () => {
  const folded = document.querySelectorAll("details.trk-module:not([open])");
  unfolded = [...folded].filter((each) => each instanceof HTMLDetailsElement);
  for (const each of unfolded) each.open = true;
});

window.addEventListener("afterprint", () => {
  for (const each of unfolded) each.open = false;
  unfolded = [];
});
