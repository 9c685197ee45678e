/** Keeps a page about figures fresh: asks for its mark now and then, and says so when there is something new.

The mark is a few bytes with an ETag; while nothing changed the answer is an empty 304. Nothing is asked while the page is
hidden, and nothing on it is replaced under its reader: a line with a link appears, which they may follow. */

const EVERY = 30_000;
const LONGEST = 600_000;

export class Live {
  /**
   * @param {HTMLElement} place where the line appears; `data-trk-mark` is the address to ask, `data-trk-known` the page's own mark
   * @param {{ask: typeof fetch, later: typeof setTimeout, never: typeof clearTimeout}} given
   */
  constructor(place, { ask, later, never }) {
    this.place = place;
    this.address = place.dataset.trkMark ?? "";
    this.ask = ask;
    this.later = later;
    this.never = never;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.next = undefined;
    this.wait = EVERY;
    this.mark = place.dataset.trkKnown ? `"${place.dataset.trkKnown}"` : "";
    this.isWaiting = false;
  }

  start() {
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.look();
    });
    this.look();
  }

  async look() {
    if (this.isWaiting || document.hidden || !this.place.hidden) return;
    this.isWaiting = true;
    try {
      const headers = this.mark ? { "If-None-Match": this.mark } : {};
      const answer = await this.ask(this.address, { headers, cache: "no-store", credentials: "same-origin" });
      this.wait = answer.ok || answer.status === 304 ? EVERY : Math.min(this.wait * 2, LONGEST);
      if (answer.ok) this.compare(answer.headers.get("ETag") ?? "");
    } catch {
      this.wait = Math.min(this.wait * 2, LONGEST);
    }
    this.isWaiting = false;
    // A page that was hidden for a moment has a look ahead already, and must not get a second row of them.
    this.never(this.next);
    this.next = this.later(() => this.look(), this.wait);
  }

  /** @param {string} mark */
  compare(mark) {
    // A proxy that compresses answers calls their marks weak.
    const found = mark.replace(/^W\//, "");
    if (this.mark && found !== this.mark) this.place.hidden = false;
    this.mark = found;
  }
}

for (const place of document.querySelectorAll("[data-trk-mark]")) {
  if (place instanceof HTMLElement)
    new Live(place, {
      ask: fetch.bind(window),
      later: setTimeout.bind(window),
      never: clearTimeout.bind(window),
    }).start();
}
