"""Find the faults of a page in its browser: responses, console, content security policy, and missing styles."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

POLICY = "default-src 'self'"
CANCELLED = "net::ERR_ABORTED"
"""A page that closes cancels its open requests, which is no fault."""

RECORD_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.effectiveDirective} blocked ${event.blockedURI || "inline code"}`);
});
"""

FIND_UNSTYLED = """
([isOurs, hasOurColours]) => {
  const faults = [];
  for (const link of document.querySelectorAll("link[rel=stylesheet]"))
    if (!link.sheet?.cssRules.length) faults.push(`no styles come from ${link.getAttribute("href")}`);
  if (!isOurs) return faults;
  const page = document.querySelector(".trk > .trk-page");
  if (!page) return [...faults, "no .trk-page, which every page of tracking has"];
  if (getComputedStyle(page).display !== "flex") faults.push("pages.css is not in force: .trk-page is no flex box");
  if (!hasOurColours) return faults;
  for (const name of ["ink", "accent", "surface", "line"])
    if (!getComputedStyle(page).getPropertyValue(`--trk-${name}`))
      faults.push(`tracking.css is not in force: --trk-${name} has no value`);
  // By default, browsers fill shapes with black, and foundation.css leaves some unfilled. So a chart without its
  // styles is a black blob or invisible, and axe finds neither.
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
    """Collects the faults that a browser reports about its pages."""

    def __init__(self, context: BrowserContext) -> None:
        self._faults: list[str] = []
        context.add_init_script(RECORD_VIOLATIONS)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self._faults.append(f"uncaught: {error.error}"))
        context.on("requestfailed", self._on_failure)
        context.on("response", self._on_response)

    def take(self) -> list[str]:
        """Return the faults since the last call, each once."""
        found, self._faults = list(dict.fromkeys(self._faults)), []
        return found

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._faults.append(f"console: {message.text}")

    def _on_failure(self, request: Request) -> None:
        if request.failure != CANCELLED:
            self._faults.append(f"{request.url} failed: {request.failure}")

    def _on_response(self, response: Response) -> None:
        is_success = 200 <= response.status < 300 or response.status == 304
        if not is_success:
            self._faults.append(f"{response.url} answered {response.status}")
        if response.request.is_navigation_request() and POLICY not in response.headers.get(
            "content-security-policy", ""
        ):
            self._faults.append(f"{response.url} came without {POLICY}")


def find_faults(page: Page, *, is_ours: bool, has_our_colours: bool) -> list[str]:
    """Return the faults of an open page: violations of its policy, missing styles, and excess width."""
    violations: list[str] = page.evaluate("window.violations ?? []")
    unstyled: list[str] = page.evaluate(FIND_UNSTYLED, [is_ours, has_our_colours])
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*violations, *unstyled, *([f"wider than the window by {wide} px"] if wide > 0 else [])]
