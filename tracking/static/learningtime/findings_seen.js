/** Tells the server which findings their reader has had in view: each once, when it has been on the screen for a second.

A page that loads has shown nothing yet: what lies below the fold counts when it is scrolled to. Nothing is told of a page
that is hidden, and nothing depends on it. */

const LONG_ENOUGH = 1000;
const HALF = 0.5;

export class Seen {
  /**
   * @param {HTMLFormElement} form what is sent: its address, and the token against forgery
   * @param {{send: typeof fetch, later: (then: () => void, wait: number) => unknown}} given
   */
  constructor(form, { send, later }) {
    this.form = form;
    this.send = send;
    this.later = later;
    /** @type {Set<string>} */
    this.told = new Set();
    /** @type {Set<Element>} */
    this.inView = new Set();
  }

  /** @param {Iterable<Element>} places elements with the numbers of findings in `data-trk-findings` */
  watch(places) {
    const observer = new IntersectionObserver((entries) => this.move(entries), { threshold: HALF });
    for (const place of places) observer.observe(place);
  }

  /** @param {Iterable<{target: Element, isIntersecting: boolean}>} entries */
  move(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.inView.add(target);
      else this.inView.delete(target);
    }
    if (this.inView.size) this.later(() => this.tell([...this.inView]), LONG_ENOUGH);
  }

  /** @param {Element[]} places */
  tell(places) {
    if (document.hidden) return;
    const body = new FormData(this.form);
    for (const place of places.filter((each) => this.inView.has(each))) {
      for (const id of (place.getAttribute("data-trk-findings") ?? "").split(" ").filter(Boolean)) {
        if (!this.told.has(id)) body.append("finding", id);
        this.told.add(id);
      }
    }
    if (!body.has("finding")) return;
    this.send(this.form.action, { method: "POST", body, credentials: "same-origin", keepalive: true }).catch(
      () => {},
    );
  }
}

for (const form of document.querySelectorAll("form[data-trk-seen]")) {
  if (form instanceof HTMLFormElement) {
    const seen = new Seen(form, { send: fetch.bind(window), later: setTimeout.bind(window) });
    seen.watch(document.querySelectorAll("[data-trk-findings]"));
  }
}
