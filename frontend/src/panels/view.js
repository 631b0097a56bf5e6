/**
 * What panels show and what they may ask for. A panel is a template over a View; it is drawn again
 * only when
 * one of its inputs is another value than before.
 */

import { render } from "../../vendor/lit-html/lit-html.js";

/**
 * @typedef {import("../types.js").EditorState} EditorState
 * @typedef {import("../types.js").Label} Label
 * @typedef {import("../api/wire.js").WireImage} WireImage
 * @typedef {import("../api/wire.js").WireProject} WireProject
 * @typedef {import("../api/wire.js").Neighbours} Neighbours
 * @typedef {import("../api/outbox/outbox.js").OutboxStatus} OutboxStatus
 * @typedef {import("../api/outbox/rows.js").OutboxRow} OutboxRow
 */

/** @typedef {"number" | "-priority"} Ordering */
/** @typedef {"all" | "confirmed" | "suggested" | "rejected"} ObjectFilter */
/** @typedef {{words: string, why: string, action: {words: string, command: string} | null}} Trouble */
/** @typedef {{words: string, kind: "info" | "good" | "warn" | "bad", id: number}} Toast */

/**
 * What the page knows beside the document and the session.
 * @typedef {Object} Facts
 * @property {WireProject | null} project
 * @property {WireImage | null} image
 * @property {boolean} loading
 * @property {Trouble | null} trouble the image cannot be shown
 * @property {Neighbours | null} neighbours
 * @property {Ordering} ordering
 * @property {readonly WireImage[]} film
 * @property {OutboxStatus} outbox
 * @property {number} now ticks, so that "saved 3 s ago" does
 * @property {string} readOnly why nothing can be changed, "" if it can
 * @property {boolean} elsewhere another tab writes this image
 * @property {readonly string[]} backwards objects that the server shows older than it once
 *   acknowledged
 * @property {{name: string, ms: number} | null} model that answered last
 * @property {string} waiting why an answer takes long, or ""
 * @property {number | null} threshold of the review bar, null while it is closed
 * @property {{id: number | null, problem: string} | null} labelForm id null: a new one
 * @property {string | null} labelSearch
 * @property {ObjectFilter} filter
 * @property {number | null} coverage share of the pixels under confirmed objects
 * @property {boolean} sideOpen
 * @property {boolean} filmOpen
 * @property {string} theme light, dark or system
 * @property {"" | "keys" | "conflict" | "unsent" | "login"} dialog
 * @property {string} search in the overlay of keys
 * @property {string} loginProblem
 * @property {string} username
 */

/**
 * What a panel may ask of the page beyond commands of the key map.
 * @typedef {Object} Deeds
 * @property {(command: string) => void} run a command of the key map
 * @property {(facts: Partial<Facts>) => void} show
 * @property {(session: Partial<import("../types.js").Session>) => void} look
 * @property {(key: string, shift?: boolean) => void} press a key for the tool in hand
 * @property {(image: number) => void} goTo
 * @property {(id: string, options?: {add?: boolean}) => void} select
 * @property {(id: string) => void} zoomTo
 * @property {(label: number) => void} chooseLabel
 * @property {(form: {id: number | null, name: string, color: string, is_thing: boolean, hotkey:
 *   string}) => void} saveLabel
 * @property {(threshold: number) => void} judge accept above, reject the rest
 * @property {(ids: readonly string[]) => void} accept
 * @property {(ids: readonly string[]) => void} remove
 * @property {(row: OutboxRow, choice: "mine" | "theirs" | "both") => void} resolve
 * @property {(row: OutboxRow) => void} retry
 * @property {(row: OutboxRow) => void} discard
 * @property {() => void} download unsent changes as a file
 * @property {() => void} takeOver write here what another tab writes
 * @property {(ordering: Ordering) => void} order
 * @property {(username: string, password: string) => void} logIn
 * @property {(done: boolean) => void} endLogin
 */

/** @typedef {{readonly state: EditorState | null, readonly facts: Facts, readonly deeds: Deeds}} View */

/**
 * @typedef {Object} Panel
 * @property {(view: View) => readonly unknown[]} inputs
 * @property {(view: View) => unknown} template
 * @property {(host: HTMLElement, view: View) => void} [after] what templates cannot say: sizes,
 *   scrolling, focus
 */

/**
 * @param {HTMLElement} host
 * @param {Panel} panel
 * @returns {(view: View) => void} draws if something changed
 */
export function mount(host, { inputs, template, after }) {
  /** @type {readonly unknown[] | null} */
  let last = null;
  return (view) => {
    const next = inputs(view);
    if (last && next.length === last.length && next.every((value, i) => value === last?.[i]))
      return;
    last = next;
    render(template(view), host);
    after?.(host, view);
  };
}
