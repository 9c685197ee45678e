"""What is wrong with a page, as its browser tells: answers, console, policy, and whether our styles are in force."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

POLICY = "default-src 'self'"
CANCELLED = "net::ERR_ABORTED"
"""A page that goes away cancels what it was still asking for."""

NOTE_REFUSALS = """
window.refusals = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.refusals.push(`${event.effectiveDirective} refused ${event.blockedURI || "what is in the page"}`);
});
"""

WHAT_IS_UNSTYLED = """
([isOurs, hasOurColours]) => {
  const faults = [];
  for (const link of document.querySelectorAll("link[rel=stylesheet]"))
    if (!link.sheet?.cssRules.length) faults.push(`no styles come from ${link.getAttribute("href")}`);
  if (!isOurs) return faults;
  const page = document.querySelector(".trk > .trk-page");
  if (!page) return [...faults, "there is no .trk-page, which every page of ours has"];
  if (getComputedStyle(page).display !== "flex") faults.push("pages.css is not in force: .trk-page is no flex box");
  if (!hasOurColours) return faults;
  for (const name of ["ink", "accent", "surface", "line"])
    if (!getComputedStyle(page).getPropertyValue(`--trk-${name}`))
      faults.push(`tracking.css is not in force: --trk-${name} has no value`);
  // What the browser fills by itself is black, and what our ground leaves unfilled is not seen: a chart without its
  // styles is a black blob or nothing.
  for (const shape of page.querySelectorAll("svg :is(rect, path, circle, polygon)")) {
    if (shape.closest("defs, symbol")) continue;
    const { fill, stroke, display } = getComputedStyle(shape);
    const isUnstyled = fill === "rgb(0, 0, 0)" || (fill === "none" && stroke === "none");
    const { width, height } = shape.getBoundingClientRect();
    if (isUnstyled && display !== "none" && width * height > 0)
      faults.push(`a shape has no styles: ${shape.getAttribute("class") ?? shape.tagName}`);
  }
  return [...new Set(faults)];
}
"""


class Watch:
    """Notes what goes wrong in the pages of a browser until it is asked."""

    def __init__(self, context: BrowserContext) -> None:
        self._noted: list[str] = []
        context.add_init_script(NOTE_REFUSALS)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self._noted.append(f"uncaught: {error.error}"))
        context.on("requestfailed", self._on_failure)
        context.on("response", self._on_response)

    def taken(self) -> list[str]:
        """Return what was noted since the last time, each fault once."""
        noted, self._noted = list(dict.fromkeys(self._noted)), []
        return noted

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._noted.append(f"console: {message.text}")

    def _on_failure(self, request: Request) -> None:
        if request.failure != CANCELLED:
            self._noted.append(f"{request.url} failed: {request.failure}")

    def _on_response(self, response: Response) -> None:
        is_fine = 200 <= response.status < 300 or response.status == 304
        if not is_fine:
            self._noted.append(f"{response.url} answered {response.status}")
        if response.request.is_navigation_request() and POLICY not in response.headers.get(
            "content-security-policy", ""
        ):
            self._noted.append(f"{response.url} came without {POLICY}")


def of_page(page: Page, *, is_ours: bool, has_our_colours: bool) -> list[str]:
    """Return what is wrong with a page that is open: refusals of the policy, and styles that are not in force."""
    refusals: list[str] = page.evaluate("window.refusals ?? []")
    unstyled: list[str] = page.evaluate(WHAT_IS_UNSTYLED, [is_ours, has_our_colours])
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*refusals, *unstyled, *([f"wider than the window by {wide} px"] if wide > 0 else [])]
