import { clock, tracker } from "./capture.js";
import { delivery, store } from "./delivery.js";

const tags = () => [...document.querySelectorAll("[data-tracking-endpoint]")];
const { trackingEndpoint: url = "", trackingOwner: owner, trackingIdle } = tags()[0]?.dataset ?? {};
let isOver = !url;
let inputAt = 0;
const idle = Number(trackingIdle) || 60_000;
/** @type {HTMLElement | undefined} */
let tag;

/** @type {Guard} */
const guarded =
  (act) =>
  (...args) => {
    try {
      if (!isOver) act(...args);
    } catch {}
  };
/** @type {On} */
const on = (types, act) => types.split(" ").map((type) => addEventListener(type, guarded(act), true));

/** @type {Page} */
const page = {
  scene() {
    const { scrollTop, clientHeight, scrollHeight } = page.box ?? document.documentElement;
    return {
      visible: !document.hidden,
      idleAfter: !document.hasFocus() ? 0 : document.activeElement?.tagName === "IFRAME" ? 300_000 : idle,
      playing: [...document.querySelectorAll("audio,video")].some(
        (media) => !media.paused && media.readyState > 2 && !(media.muted && media.loop),
      ),
      depth: Math.min(100, Math.round((100 * (scrollTop + clientHeight)) / (scrollHeight || 1))),
    };
  },
  place() {
    const last = tag;
    tag = tags().at(-1);
    const { trackingCourse: course, trackingUnit: unit } = (tag !== last && tag?.dataset) || {};
    return { path: location.pathname.slice(0, 512), course, unit };
  },
};

const start = guarded(() => {
  const stored = store(() => localStorage);
  if (stored().owner !== owner) stored(null);
  stored({ owner });
  const time = clock(Date.now);
  const queue = delivery(time, stored, {
    post: (body) => fetch(url, { method: "POST", keepalive: true, body }),
    beacon: (body) => navigator.sendBeacon(url, body),
    end: () => {
      isOver = true;
    },
  });
  const { add, begin, move, pulse, report, sample } = tracker(time, page, stored, queue);

  setInterval(guarded(pulse), 2000);
  on("pointerdown pointermove keydown wheel touchmove scroll", (event) => {
    // Boxes may scroll without the learner.
    if (event.timeStamp - inputAt < 250 || (event.type === "scroll" && event.target !== document)) return;
    inputAt = event.timeStamp;
    sample(event.isTrusted);
  });
  // activeElement names a clicked frame only after the event.
  on("focus blur playing pause waiting", () => setTimeout(guarded(sample)));
  on("visibilitychange pagehide", (event) => {
    report(true);
    queue.flush(event.type === "pagehide");
  });
  on("pageshow", (event) => event.persisted && begin());
  window.navigation?.addEventListener("currententrychange", guarded(pulse));
  import("./page_details.js").then(({ pageDetails }) => pageDetails(page, on, add, sample, guarded), Object);
  window.tracking = {
    setUnit: guarded((unit, course) =>
      move({ ...page.place(), unit: unit.toString(), course: course?.toString() }),
    ),
  };
});

if (document.prerendering) on("prerenderingchange", start);
else start();
