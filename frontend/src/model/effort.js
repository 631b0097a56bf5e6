/**
 * What a person's work costs: gestures and active time since the last change, which go to the
 * objects of the next one. A pause counts up to the idle cut-off and no further, and no time counts
 * while the page is hidden.
 */

/** @typedef {import("../types.js").ObjectChange} ObjectChange */
/**
 * @typedef {Object} Effort
 * @property {number} clicks
 * @property {number} strokes
 * @property {number} undos
 * @property {number} redos
 * @property {number} prompts questions to a model
 * @property {number} active_ms
 */
/** @typedef {Exclude<keyof Effort, "active_ms">} Counted */

export const IDLE_MS = 30_000;
/** @type {Readonly<Effort>} */
const NONE = Object.freeze({ clicks: 0, strokes: 0, undos: 0, redos: 0, prompts: 0, active_ms: 0 });
const FIGURES = /** @type {readonly (keyof Effort)[]} */ (Object.keys(NONE));

export class EffortMeter {
  #now;
  #spent = { ...NONE };
  /** @type {number | null} time of the last sign of life; null while the page is hidden */
  #last = null;

  /** @param {() => number} now in milliseconds */
  constructor(now) {
    this.#now = now;
  }

  /** The person is there: the pointer moved, a key was pressed, the page is looked at again. */
  touch() {
    this.#settle();
    this.#last = this.#now();
  }

  /** The page is hidden. */
  pause() {
    this.#settle();
    this.#last = null;
  }

  /** @param {Counted} what */
  count(what) {
    this.#spent[what] += 1;
  }

  /** @returns {Effort} spent since the last time this was asked */
  take() {
    if (this.#last !== null) this.touch();
    const spent = { ...this.#spent, active_ms: Math.round(this.#spent.active_ms) };
    this.#spent = { ...NONE };
    return spent;
  }

  #settle() {
    if (this.#last === null) return;
    this.#spent.active_ms += Math.min(this.#now() - this.#last, IDLE_MS);
  }
}

/**
 * @param {Effort | undefined} a
 * @param {Effort | undefined} b
 * @returns {Effort | undefined} undefined: nothing was spent
 */
export function sumEffort(a, b) {
  if (!a || !b) return a ?? b;
  return each((name) => a[name] + b[name]);
}

/**
 * Who of the changed objects the effort was for: those that are new, else those that are selected,
 * else those that went, else all; the others only gave or took pixels. Several share it equally.
 * @param {Effort} effort
 * @param {readonly ObjectChange[]} changes
 * @param {readonly string[]} selection
 * @returns {ReadonlyMap<string, Effort>} by id; objects of which it was not are missing
 */
export function shareEffort(effort, changes, selection) {
  const rules = [
    (/** @type {ObjectChange} */ { before }) => before === null,
    (/** @type {ObjectChange} */ { id }) => selection.includes(id),
    (/** @type {ObjectChange} */ { after }) => after === null,
    () => true,
  ];
  const worked = rules.map((rule) => changes.filter(rule)).find(({ length }) => length > 0) ?? [];
  const shares = worked.map(({ id }, place) => {
    const share = each((name) => shareOf(effort[name], place, worked.length));
    return /** @type {const} */ ([id, share]);
  });
  return new Map(shares.filter(([, share]) => FIGURES.some((name) => share[name] > 0)));
}

/**
 * Whole numbers that add up to the amount.
 * @param {number} amount
 * @param {number} place
 * @param {number} places
 */
function shareOf(amount, place, places) {
  return Math.floor(amount / places) + (place < amount % places ? 1 : 0);
}

/**
 * @param {(name: keyof Effort) => number} figure
 * @returns {Effort}
 */
function each(figure) {
  const entries = FIGURES.map((name) => [name, figure(name)]);
  return /** @type {Effort} */ (Object.fromEntries(entries));
}
