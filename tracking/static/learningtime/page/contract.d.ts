/**
 * What the tracker's modules promise one another, and why they are as they are. No browser asks for this file. Every
 * learner's browser loads the modules, comments included, within 4 KiB: so they hold few comments, and the reasons are here.
 *
 *   main.js      the only module that touches the browser: reads the page, listens, sends
 *   capture.js   page views and visits: turns what happens into events
 *   activity.js  calculates active time, pure
 *   delivery.js  keeps every event until the server has answered for it
 *
 * Once the page is tracked, main.js loads the modules for everything but time:
 *
 *   page_details.js   sections, clicks on features, script errors; starts the modules below
 *   media.js          the parts of a video or sound that were played
 *   forms.js          forms started, submitted and abandoned
 *   friction.js       rage clicks, dead clicks and changes of scroll direction
 *   element_names.js  what the host calls an element, never the text in it
 *
 * The modules export functions that return plain objects, not classes. One line each takes their types from here; a class
 * needs one for every parameter, which took a quarter of the bytes.
 */

// --- Time ---------------------------------------------------------------------------------------------------------

/**
 * Two readings of one clock, `Date.now`.
 *
 * `performance.now()` is not used. While a machine sleeps it stops on some systems (Chromium on macOS and Linux) and
 * continues on others. So it can neither leave sleep out reliably nor match spans to the wall time of a second device.
 * `Date.now` always continues; if a page did not run, the gap between two samples shows it (see `Activity`). Its
 * weakness is that people and time servers set it: `time` removes a step back, and a step forward looks like sleep.
 */
interface Clock {
  /** Epoch milliseconds, for `at` and `sent_at`: the server compares them with its own clock. */
  now(): number;
  /** Milliseconds that never fall, for durations. Only their differences have a meaning. */
  time(): number;
  /** A UUIDv7 (RFC 9562), which keeps the server's index compact. Plain http has no `crypto.randomUUID`. */
  id(): string;
}
type MakeClock = (now: () => number) => Clock;

// --- Attention ----------------------------------------------------------------------------------------------------

/** The state of the page at one moment. */
interface Scene {
  visible: boolean;
  /**
   * Milliseconds without input after which the learner counts as idle: 60 s in the page; 300 s in a frame, because the input
   * in a frame of another site is not visible from here; 0 without focus. `document.hasFocus()` stays true while a frame inside has the focus, which
   * `blur` alone does not show. The learner causes a change of this value, or of `visible`, so it counts as input.
   */
  idleAfter: number;
  /** Sound or video plays. A muted loop is decoration and does not count. */
  playing: boolean;
  /** How far down the lower edge of the window is, 0 to 100. A page that fits the window is at 100. */
  depth: number;
}

/** Milliseconds from the start of the page view, half-open. */
type Span = [start: number, end: number];

/** All in milliseconds, except `scroll`. Always `active <= visible <= time since the page view began`. */
interface Totals {
  active: number;
  visible: number;
  /** Time for which media played, visible or not. */
  media: number;
  /** The greatest depth since the page view had been visible for a second; before that, the layout still changes. */
  scroll: number;
  /**
   * When the page view was active. Spans up to 1 s apart are joined. Over 150 spans (at 200, with offsets of eight digits,
   * an event would exceed 4 KiB), the two closest among the older 75 are joined: this loses nothing, adds the smallest
   * possible gap and keeps the newer half exact. So spans may cover a little more than `active`, which is always exact.
   */
  spans: Span[];
}

/**
 * Take a sample and return the totals up to it.
 *
 * The state of the last sample is credited from then to `now`, as far as the last input allows. A page that sleeps, is
 * frozen or throttled takes no samples; a running one takes one at least every 2 s. So after 4 s without a sample the page
 * did not run, and the gap is not credited: 2 s of true time may be lost, but hours are never invented. A hidden page has
 * slow timers, but counts only media that can be heard, and browsers do not slow the timers of such pages.
 */
type Activity = (now: number, scene: Scene, isInput?: boolean) => Totals;
/** Opening the page counts as input: a click brought the learner here. */
type MakeActivity = (start: number, firstScene: Scene) => Activity;

// --- Page views and visits ----------------------------------------------------------------------------------------

/** Where a page view is. Keys are the host's, and opaque; without them the server resolves the path. */
interface Place {
  /** `location.pathname`, 512 characters at most: never a query string, never a fragment. */
  path: string;
  course?: string | undefined;
  unit?: string | undefined;
}

/** One event as it is sent. `n` rises within a page view, but not always by one: drafts have numbers too. */
interface TrackingEvent extends Place {
  id: string;
  /** The name of its kind; `tracking/events/kinds.py` has the list. */
  t: `${string}.${string}`;
  at: number;
  view: string;
  visit: string;
  n: number;
  p: object;
}

/** A run of page views with no gap over 30 minutes, 24 hours at most. A page view keeps the visit in which it began. */
interface Visit {
  id: string;
  began: number;
  seen: number;
}

/** One opening of one unit in one tab. `reported`, `reportedAt` and `seen` hold what the last progress event said, to detect news. */
interface PageView {
  head: { view: string; visit: string };
  place: Place;
  began: number;
  sample: Activity;
  n: number;
  seen: number;
  reported: number;
  reportedAt: number;
}

/** What the tracker reads from the page. */
interface Page {
  scene(): Scene;
  /**
   * The path, and the keys of the newest tag if it was not there at the last call. A tag that stayed says nothing about a page
   * that it did not come with, but Turbo and htmx bring a new one.
   */
  place(): Place;
  /** The box that scrolls in place of the document, if there is one. */
  box?: Element | undefined;
  /** What page_details.js does before a page view ends or is hidden. */
  leave?: Leave;
}

interface Tracker {
  /** End the page view and begin the next, at `place` (default: the place of the last one). */
  begin(place?: Place): void;
  /** Add an event. One that is not due yet is stored as a draft. */
  add(t: TrackingEvent["t"], p: object, isDue?: boolean): void;
  /** Credit the time until now. Input after 24 h, the longest page view that the server accepts, begins the next one. */
  sample(isInput?: boolean): Totals;
  /**
   * Add a progress event if there is news: every 15 s if active, media or scroll rose; at the end of a page view also if only
   * visible did. Less than 50 ms is no news, because `pagehide` and `visibilitychange` both end a page view.
   */
  report(isLast?: boolean, isOver?: boolean): void;
  /**
   * Begin a new page view if path or unit differ. A unit that becomes known on the same path names the current page view
   * instead of opening another; `page.opened` is then repeated for the same page view, with the unit. The course stays until
   * another is named; a course without a unit changes nothing.
   */
  move(next: Place): void;
  /** Every 2 s: note the last moment at which the page surely ran, and do what is due. It counts no input. */
  pulse(): void;
}
type MakeTracker = (clock: Clock, page: Page, store: Store, delivery: Delivery) => Tracker;

// --- Delivery -----------------------------------------------------------------------------------------------------

/** What stays in the browser between pages, shared by its tabs. */
interface Stored {
  /** The owner of the events (`data-tracking-owner`): on a shared computer, one learner's events are never sent as another's. */
  owner?: string | undefined;
  visit?: Visit | undefined;
  queue?: TrackingEvent[];
  /**
   * Progress that is not due yet, stored again with every pulse while there is news. If a page crashed, the next one sends it,
   * and 2 s are lost. All tabs share one draft, as only one has the focus. Any event that is due removes it.
   */
  draft?: TrackingEvent | undefined;
}
/** The tracker's own part of a `Storage`. */
interface LocalItems {
  djangoTracking?: string;
}
/** Read, after making `change`; `null` removes everything. If storage is blocked, full or damaged, memory takes its place. */
type Store = (change?: Stored | null) => Stored;
type MakeStore = (open: () => LocalItems) => Store;

interface Transport {
  /** `fetch` with keepalive, the first way to send. */
  post(body: Blob): Promise<Response>;
  /** `sendBeacon`, the second, for a page that is closing: no script is left to read a response. */
  beacon(body: Blob): boolean;
  /** The server said that tracking is no longer permitted (403, 410). */
  end(): void;
}

/**
 * Keep every event until the server has answered for it.
 *
 * An event is in the store, the third net, from the moment it happens until the answer. So a crash, a closed tab or days
 * offline lose nothing: the next tab of the browser sends it. For that reason the next page sends again what a beacon took;
 * event ids make a repetition harmless. The server rejects events older than 7 days.
 */
interface Delivery {
  /** Queue an event, 1000 at most. Progress is cumulative, so a newer progress event of a page view replaces the older. */
  add(event: TrackingEvent): void;
  /**
   * Send up to twelve events: each is 4 KiB at most, and browsers share 64 KiB among all requests that outlive their page.
   * Only 401, 429, 5xx and a missing response are retried, after 3 s doubling to 5 min, with jitter, and not before
   * `Retry-After`. A page that closes waits for nothing else: the network may be back, and there may be no next page for days.
   * A request without a response blocks the queue for 30 s only.
   */
  flush(isLeaving?: boolean): Promise<void>;
}
type MakeDelivery = (clock: Clock, store: Store, transport: Transport) => Delivery;

// --- Page details: everything but time -----------------------------------------------------------------------------

/** Add the events that are waiting; `isOver` if another page view follows in the same page, so that counting starts at zero. */
type Leave = (isOver?: boolean) => void;
type Add = (t: TrackingEvent["t"], p: object) => void;
/**
 * Sections, media and turns are sent as what is new since the last time: at the end of a page view, when it is hidden, and
 * every minute. An event is stored once however often it is sent, so the server can add them up. Input in a frame of the same
 * site does not reach the window of the page, so they also listen in such frames.
 */
type MakePageDetails = (
  page: Page,
  on: On,
  add: Tracker["add"],
  sample: Tracker["sample"],
  guarded: Guard,
) => void;
/** Return a function for the parts played since its last call, in milliseconds of the medium, not of watching. Ten media, 50 parts each. */
type Media = (on: On) => () => { name: string; spans: number[][] }[];
/** Return a function that abandons the forms started and not submitted, as a page view ends. A quiz is a form with `data-track-quiz`. */
type Forms = (on: On, add: Add) => () => void;
/**
 * Rage click: four clicks within 30 px, at most 1 s apart, after which nothing changed outside the element that was clicked,
 * scrolled or sought. A stepper beside its number, a next button and a double click that selects a word are none, nor are
 * controls that people click often. A page that changes by itself all the time has no rage clicks. Dead click: a button
 * after which nothing in the page changes, scrolls, takes focus or is sent for 2.5 s; never a link. Turns: changes of the
 * scroll direction of 200 px or more.
 */
// biome-ignore lint/suspicious/noExplicitAny: a click on any element
type Friction = (on: On, add: Add) => { clicked(event: any): void; turns(): number };
/** Return `data-track`, the id, or the position among all that match `selector`. Never a field's name or value, text or an address. */
// biome-ignore lint/suspicious/noExplicitAny: any element, also one without a dataset
type NameOf = (element: any, selector: string) => string;

// --- The browser --------------------------------------------------------------------------------------------------

/** Wrap `act`: it throws nothing into the host's page, and does nothing once permission has ended. */
type Guard = <T extends unknown[]>(act: (...args: T) => unknown) => (...args: T) => void;
/** Listen on the window in the capture phase, where the host cannot stop events. Never to `unload`, which would forbid the back/forward cache. */
// biome-ignore lint/suspicious/noExplicitAny: one listener serves events of several types
type On = (types: string, act: (event: any) => unknown) => void;

interface Storage extends LocalItems {}
interface ParentNode {
  querySelectorAll(selectors: "audio,video"): NodeListOf<HTMLMediaElement>;
  querySelectorAll(selectors: "[data-tracking-endpoint]"): NodeListOf<HTMLElement>;
  querySelectorAll(selectors: "[data-track-section],h2[id],h3[id]"): NodeListOf<HTMLElement>;
}
interface Document {
  /** Before the learner really opens the page, nothing is read, stored or sent. */
  readonly prerendering?: boolean;
}
interface Window {
  /** Reports pushState and replaceState; in a browser without it, the pulse detects a new path within 2 s. */
  readonly navigation: Navigation;
  /** The only name that the tracker adds to a page. */
  tracking?: {
    /** Set the unit that is on screen, in a single-page app. */
    setUnit(unit: string | number, course?: string | number): void;
  };
}
