/** Shows the button that prints a page: without a script it would do nothing, and the browser's own menu is there. */

for (const button of document.querySelectorAll("button[data-trk-print]")) {
  if (button instanceof HTMLButtonElement) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
