/** What the page knows beside document and session, as one value that listeners see change. */

import { firstKeys } from "./keyMaps.js";
import { NO_PAST_FACTS } from "./pastDesk.js";
import { NO_TALK } from "./talkDesk.js";

/**
 * @typedef {import("../panels/view.js").Facts} Facts
 */

/** @type {Facts} */
const FIRST_FACTS = {
  project: null,
  image: null,
  loading: true,
  trouble: null,
  neighbours: null,
  ordering: "number",
  film: [],
  outbox: {
    unsent: 0,
    conflicts: [],
    failed: [],
    problem: null,
    durable: true,
    storageProblem: "",
    savedAt: null,
  },
  merged: null,
  keys: firstKeys(),
  picked: 0,
  now: 0,
  readOnly: "",
  elsewhere: false,
  backwards: [],
  model: null,
  waiting: "",
  finding: "",
  alikeMissing: "",
  threshold: null,
  labelForm: null,
  labelSearch: null,
  labelPick: 0,
  filter: "all",
  objectSort: "top",
  objectSearch: "",
  sideTab: "objects",
  past: NO_PAST_FACTS,
  diff: null,
  talk: NO_TALK,
  tagProblem: "",
  hints: [],
  coverage: null,
  sideOpen: true,
  filmOpen: true,
  viewOpen: false,
  theme: "system",
  dialog: "",
  search: "",
  loginProblem: "",
  username: "",
};

export class Board {
  #facts;
  /** @type {Set<(facts: Facts, former: Facts) => void>} */
  #listeners = new Set();

  /** @param {Partial<Facts>} facts */
  constructor(facts) {
    this.#facts = Object.freeze({ ...FIRST_FACTS, ...facts });
  }

  get facts() {
    return this.#facts;
  }

  /** @param {Partial<Facts>} parts */
  show(parts) {
    const former = this.#facts;
    const differs = Object.entries(parts).some(
      ([name, value]) => former[/** @type {keyof Facts} */ (name)] !== value,
    );
    if (!differs) return;
    this.#facts = Object.freeze({ ...former, ...parts });
    for (const listener of [...this.#listeners]) listener(this.#facts, former);
  }

  /** @param {(facts: Facts, former: Facts) => void} listener */
  subscribe(listener) {
    this.#listeners.add(listener);
  }
}
