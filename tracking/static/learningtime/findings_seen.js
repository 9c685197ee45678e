/** Reports to the server which findings their reader has seen: each once, after a second on the screen.

Loading a page shows nothing yet: a finding further down counts once the reader scrolls to it. A hidden page reports nothing,
and no other feature depends on these reports. */

const SEEN_AFTER = 1000;
const VISIBLE_SHARE = 0.5;

export class SeenReporter {
  /**
   * @param {HTMLFormElement} form holds the address to post to, and the CSRF token
   * @param {{send: typeof fetch, schedule: (then: () => void, wait: number) => unknown}} browser
   */
  constructor(form, { send, schedule }) {
    this.form = form;
    this.send = send;
    this.schedule = schedule;
    /** @type {Set<string>} */
    this.reported = new Set();
    /** @type {Set<Element>} */
    this.inView = new Set();
  }

  /** @param {Iterable<Element>} elements with the ids of findings in `data-trk-findings` */
  watch(elements) {
    const observer = new IntersectionObserver((entries) => this.update(entries), {
      threshold: VISIBLE_SHARE,
    });
    for (const element of elements) observer.observe(element);
  }

  /** @param {Iterable<{target: Element, isIntersecting: boolean}>} entries */
  update(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.inView.add(target);
      else this.inView.delete(target);
    }
    if (this.inView.size) this.schedule(() => this.report([...this.inView]), SEEN_AFTER);
  }

  /** @param {Element[]} elements */
  report(elements) {
    if (document.hidden) return;
    const body = new FormData(this.form);
    for (const element of elements.filter((each) => this.inView.has(each))) {
      for (const id of (element.getAttribute("data-trk-findings") ?? "").split(" ").filter(Boolean)) {
        if (!this.reported.has(id)) body.append("finding", id);
        this.reported.add(id);
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
    const reporter = new SeenReporter(form, { send: fetch.bind(window), schedule: setTimeout.bind(window) });
    reporter.watch(document.querySelectorAll("[data-trk-findings]"));
  }
}
