/** Checks every 30 s whether the figures of a page may have changed, and shows a line with a link if so.

The data version is a few bytes with an ETag: while nothing has changed, the answer is an empty 304. A hidden page sends no
requests. Nothing on the page changes under its reader: they choose when to follow the link. */

const INTERVAL = 30_000;
const MAX_INTERVAL = 600_000;

export class DataVersionPoll {
  /**
   * @param {HTMLElement} line the hidden line to show; `data-trk-data-version` is the address to poll,
   *   `data-trk-known` the data version of the page itself
   * @param {{request: typeof fetch, schedule: typeof setTimeout, cancel: typeof clearTimeout}} browser
   */
  constructor(line, { request, schedule, cancel }) {
    this.line = line;
    this.address = line.dataset.trkDataVersion ?? "";
    this.request = request;
    this.schedule = schedule;
    this.cancel = cancel;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.interval = INTERVAL;
    this.known = line.dataset.trkKnown ? `"${line.dataset.trkKnown}"` : "";
    this.isWaiting = false;
  }

  start() {
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.poll();
    });
    this.poll();
  }

  async poll() {
    if (this.isWaiting || document.hidden || !this.line.hidden) return;
    this.isWaiting = true;
    try {
      const headers = this.known ? { "If-None-Match": this.known } : {};
      const response = await this.request(this.address, {
        headers,
        cache: "no-store",
        credentials: "same-origin",
      });
      this.interval =
        response.ok || response.status === 304 ? INTERVAL : Math.min(this.interval * 2, MAX_INTERVAL);
      if (response.ok) this.compare(response.headers.get("ETag") ?? "");
    } catch {
      this.interval = Math.min(this.interval * 2, MAX_INTERVAL);
    }
    this.isWaiting = false;
    // A page that was hidden for a moment has a timer already: without cancel() there would be a second chain of polls.
    this.cancel(this.timer);
    this.timer = this.schedule(() => this.poll(), this.interval);
  }

  /** @param {string} etag */
  compare(etag) {
    // A proxy that compresses responses makes their ETags weak, so the prefix says nothing about the data.
    const found = etag.replace(/^W\//, "");
    if (this.known && found !== this.known) this.line.hidden = false;
    this.known = found;
  }
}

for (const line of document.querySelectorAll("[data-trk-data-version]")) {
  if (line instanceof HTMLElement)
    new DataVersionPoll(line, {
      request: fetch.bind(window),
      schedule: setTimeout.bind(window),
      cancel: clearTimeout.bind(window),
    }).start();
}
