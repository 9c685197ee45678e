/**
 * What the tracker's modules promise each other, and why they are as they are. No browser asks for this file. The
 * modules themselves travel to every learner, comments and all, within 4 KiB: so they carry few, and the reasons are here.
 *
 *   main.js      the one place that touches the browser: reads the page, listens, sends
 *   tracker.js   views and visits: what happens becomes events
 *   activity.js  the arithmetic of attention, pure
 *   delivery.js  every event gets to an answer
 *
 * and, fetched by main.js once a learner's page is at work, what is not about time:
 *
 *   more.js      sections, clicks on features, script errors; brings the following together
 *   media.js     which parts of a video or sound were played
 *   forms.js     forms begun, handed in, given up
 *   friction.js  clicks in anger, clicks without effect, scrolling to and fro
 *   names.js     what an element is called: what the host calls it, never what it says
 *
 * They are functions that return plain objects, not classes: their types come from here by one line each, where a
 * class needs one for every parameter, and that was a quarter of the bytes.
 */

// --- Time ---------------------------------------------------------------------------------------------------------

/**
 * Two readings of one clock, `Date.now`.
 *
 * `performance.now()` is not used. While a machine sleeps it stops on some systems (Chromium on macOS and Linux) and
 * goes on elsewhere, so it can neither be trusted to leave sleep out, nor to line spans up with the wall time of a second device.
 * `Date.now` always goes on; that a page did not run shows as a silence between two samples (see `Activity`). Its own
 * weakness is that people and time servers set it: a step back is taken out by `time`, a step forward looks like sleep.
 */
interface Clock {
  /** Epoch milliseconds, for `at` and `sent_at`: the server compares them with its own clock. */
  now(): number;
  /** Milliseconds that never fall, for durations. They have no meaning but their differences. */
  time(): number;
  /** A UUIDv7 (RFC 9562), which the server's index likes. `crypto.randomUUID` is missing on plain http. */
  id(): string;
}
type MakeClock = (now: () => number) => Clock;

// --- Attention ----------------------------------------------------------------------------------------------------

/** What the page is like at one moment. */
interface Scene {
  visible: boolean;
  /**
   * Milliseconds without input after which the learner counts as gone: 60 s in the page; 300 s in a frame, whose input
   * cannot be seen from here; 0 without focus. `document.hasFocus()` stays true while a frame inside has the focus, which a
   * bare `blur` does not tell. A change of it, or of `visible`, is itself an act of the learner, so it counts as input.
   */
  idleAfter: number;
  /** Sound or video runs. A muted loop is decoration. */
  playing: boolean;
  /** How far down the lower edge of the window is, 0 to 100. A page that fits is at 100. */
  depth: number;
}

/** Milliseconds from the view's start, half-open. */
type Span = [start: number, end: number];

/** All in milliseconds, but for `scroll`. Always `active <= visible <= time since the view began`. */
interface Totals {
  active: number;
  visible: number;
  /** Time that media ran, in sight or not. */
  media: number;
  /** The greatest depth seen since the view had been visible for a second; before, a page is still being laid out. */
  scroll: number;
  /**
   * When the view was active. Spans up to 1 s apart are joined; over 150 (at 200, with offsets of eight digits, an event
   * would exceed 4 KiB), the two closest among the older 75 are joined, so that nothing is lost, the smallest possible gap is added and
   * the newer half stays exact. Together they may thus cover a little more than `active`, which is always exact.
   */
  spans: Span[];
}

/**
 * Takes a sample and returns the totals up to it.
 *
 * What was true at the last sample is credited from then to `now`, as far as the last input allows. A page that sleeps, is frozen
 * or throttled takes no samples; alive it takes one every 2 s at the least. So over 4 s without one it did not run, and the
 * silence is credited to nothing: 2 s of true time may be lost, hours are never invented. A hidden page has slow timers, but earns nothing
 * save media that can be heard, whose timers browsers leave alone.
 */
type Activity = (now: number, scene: Scene, isInput?: boolean) => Totals;
/** Arriving counts as input: a click brought the learner here. */
type MakeActivity = (start: number, first: Scene) => Activity;

// --- Views and visits ---------------------------------------------------------------------------------------------

/** Where a view is. Keys are the host's, and opaque; without them the server resolves the path. */
interface Place {
  /** `location.pathname`, 512 characters at most: never a query string, never a fragment. */
  path: string;
  course?: string | undefined;
  unit?: string | undefined;
}

/** One event as it travels. `n` rises within a view, and not by one: drafts have numbers too. */
interface TrackingEvent extends Place {
  id: string;
  /** The name of its kind, of which `tracking/events/kinds.py` has the list. */
  t: `${string}.${string}`;
  at: number;
  view: string;
  visit: string;
  n: number;
  p: object;
}

/** A run of views with no gap over 30 minutes, 24 hours at most. A view keeps the visit that it began in. */
interface Visit {
  id: string;
  began: number;
  seen: number;
}

/** One opening of one unit in one tab. `told`, `toldAt` and `seen` say what the last progress event told, to tell news from repetition. */
interface View {
  head: { view: string; visit: string };
  place: Place;
  began: number;
  attend: Activity;
  n: number;
  seen: number;
  told: number;
  toldAt: number;
}

/** What the tracker asks of the page. */
interface Looking {
  look(): Scene;
  /**
   * The path, and the keys of the newest tag if it was not there at the last call: one that stayed says nothing about a page
   * that it did not come with, while Turbo and htmx bring a new one.
   */
  place(): Place;
  /** The box that scrolls in place of the document, where there is one. */
  box?: Element | undefined;
  /** What more.js does before a view ends or is hidden. */
  left?: Left;
}

interface Tracker {
  /** End the view and open the next: where the last one was, unless told otherwise. */
  begin(place?: Place): void;
  /** What is not due yet is kept as a draft. */
  add(t: TrackingEvent["t"], p: object, isDue?: boolean): void;
  /** Credit what was until now. Input after 24 h, the most that the server lets a view last, begins the next one. */
  sample(isInput?: boolean): Totals;
  /** Add a progress event where there is news: every 15 s if active, media or scroll rose; at the end of a view also if only visible did. Under 50 ms is no news: `pagehide` and `visibilitychange` both end a view. */
  report(isLast?: boolean, isOver?: boolean): void;
  /**
   * Begin a new view if path or unit differ. A unit that becomes known on the same path names the current view instead of
   * opening another; `page.opened` is then repeated for the same view, with the unit. The course stays until another is named;
   * without a unit it says nothing.
   */
  move(next: Place): void;
  /** Every 2 s: date the last moment the page surely ran, and do what has come due. It counts nothing. */
  pulse(): void;
}
type MakeTracker = (clock: Clock, page: Looking, store: Store, delivery: Delivery) => Tracker;

// --- Delivery -----------------------------------------------------------------------------------------------------

/** What stays in the browser between pages, shared by its tabs. */
interface Stored {
  /** Whose it is (`data-tracking-owner`): on a shared computer, one learner's events are never sent as another's. */
  owner?: string | undefined;
  visit?: Visit | undefined;
  queue?: TrackingEvent[];
  /**
   * Progress that is not due yet, stored anew with every pulse while there is news. Where a page crashed, the next one sends it,
   * and 2 s are lost. There is one for all tabs, as one has the focus. Any event that is due removes it.
   */
  draft?: TrackingEvent | undefined;
}
/** The part of a `Storage` that is ours. */
interface Kept {
  djangoTracking?: string;
}
/** Read, after making `change`; `null` removes everything. Where storage is refused, full or damaged, memory takes its place. */
type Store = (change?: Stored | null) => Stored;
type MakeStore = (open: () => Kept) => Store;

interface Transport {
  /** `fetch` with keepalive, the first net. */
  post(body: Blob): Promise<Response>;
  /** `sendBeacon`, the second, when the page goes: there is nobody left to hear an answer. */
  beacon(body: Blob): boolean;
  /** The server said that permission ended (403, 410). */
  end(): void;
}

/**
 * Sees every event to an answer. An event is in the store, the third net, from the moment it happens until the server has
 * answered for it, so a crash, a closed tab or days offline lose nothing: whichever tab is next sends it. What a beacon took
 * goes again with the next page for that reason; ids make a repetition harmless. The server refuses what is older than 7 days.
 */
interface Delivery {
  /** Queue an event, 1000 at most. Progress is cumulative, so a newer one of a view takes the place of the older. */
  add(event: TrackingEvent): void;
  /**
   * Send up to twelve events: each is 4 KiB at most, and browsers share 64 KiB among all requests that outlive their page.
   * Only 429, 5xx and silence are tried again, after 3 s doubling to 5 min, with jitter, and not before `Retry-After`. A page that
   * goes waits for nothing else: the network may be back, and there may be no next page for days.
   */
  flush(isGone?: boolean): Promise<void>;
}
type MakeDelivery = (clock: Clock, store: Store, transport: Transport) => Delivery;

// --- What is not about time ---------------------------------------------------------------------------------------

/** Tell what there is to tell; `isOver` where another view follows in the same page, so that counting begins anew. */
type Left = (isOver?: boolean) => void;
type Add = (t: TrackingEvent["t"], p: object) => void;
/**
 * Sections, media and turns are told as what came since they were last told: at the end of a view, when it is hidden, and every
 * minute. An event is stored once however often it is sent, so they can be added up.
 */
type More = (page: Looking, on: On, add: Tracker["add"], sample: Tracker["sample"], guarded: Guard) => void;
/** Returns the parts played since the last call, in milliseconds of the medium: what was seen, not how long it took. Ten media, 50 parts each. */
type Media = (on: On) => () => { name: string; spans: number[][] }[];
/** Returns how to give up what was begun and not handed in, as a view ends. A quiz is a form with `data-track-quiz`. */
type Forms = (on: On, add: Add) => () => void;
/**
 * Rage: four clicks within 30 px, at most 1 s apart, not on what is made to be clicked often. Dead: a button after which nothing
 * in the page changes, scrolls, takes focus or is sent for 2.5 s; never a link. Turns: changes of direction of 200 px or more.
 */
// biome-ignore lint/suspicious/noExplicitAny: a click on any element
type Friction = (on: On, add: Add) => { clicked(event: any): void; turns(): number };
/** `data-track`, the id, or its place among those alike. Never a field's name or value, nor text, nor an address. */
// biome-ignore lint/suspicious/noExplicitAny: any element, also one without a dataset
type NameOf = (element: any, like: string) => string;

// --- The browser --------------------------------------------------------------------------------------------------

/** Nothing thrown here may reach the host's page; nothing happens any more once permission has ended. */
type Guard = <T extends unknown[]>(act: (...args: T) => unknown) => (...args: T) => void;
/** Listen on the window while events go down, where the host cannot stop them. Never to `unload`, which would forbid the back/forward cache. */
// biome-ignore lint/suspicious/noExplicitAny: one listener serves events of several types
type On = (types: string, act: (event: any) => unknown) => void;

interface Storage extends Kept {}
interface ParentNode {
  querySelectorAll(selectors: "audio,video"): NodeListOf<HTMLMediaElement>;
  querySelectorAll(selectors: "[data-tracking-endpoint]"): NodeListOf<HTMLElement>;
  querySelectorAll(selectors: "[data-track-section],h2[id],h3[id]"): NodeListOf<HTMLElement>;
}
interface Document {
  /** Nothing is read, stored or sent before the learner really comes. */
  readonly prerendering?: boolean;
}
interface Window {
  /** Tells of pushState and replaceState; where a browser has none of it, the pulse notices a new path within 2 s. */
  readonly navigation: Navigation;
  /** The one name that the tracker adds to a page. */
  tracking?: {
    /** Say which unit is on screen, in a single-page app. */
    setUnit(unit: string | number, course?: string | number): void;
  };
}
