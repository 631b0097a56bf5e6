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
/** @typedef {"top" | "label" | "large" | "small" | "unsure" | "source"} ObjectSort */
/** @typedef {"objects" | "history" | "comments" | "image"} SideTab */
/**
 * The part of the history that is on the page.
 * @typedef {Object} PastFacts
 * @property {string | null} of an object, null: the whole image
 * @property {readonly import("../api/histories.js").WireMoment[]} entries newest first
 * @property {string | null} next where it goes on
 * @property {boolean} loading
 * @property {string} problem
 * @property {number | null} shown the entry whose mask lies over the picture
 */
/**
 * The masks now against the masks then.
 * @typedef {Object} DiffFacts
 * @property {string | null} of an object, null: all of the image
 * @property {import("../api/histories.js").WireMoment | null} moment compared with; null: the pre-label
 * @property {boolean} loading
 * @property {string} words why nothing can be compared, or ""
 * @property {string} model that made the pre-label, or ""
 * @property {import("../model/maskDiff.js").DiffCounts | null} counts
 */
/**
 * @typedef {Object} TalkFacts
 * @property {readonly import("../api/comments.js").WireThread[]} threads
 * @property {string} problem
 * @property {number | null} open the thread that is unfolded
 * @property {{uuid: string, x: number, y: number, text: string} | null} draft a pin whose words are
 *   being written
 * @property {Readonly<Record<number, {readonly uuid: string, readonly text: string}>>} answers that
 *   are being written, by thread
 * @property {Readonly<Record<number, {readonly text: string, readonly former: string}>>} edits of one's
 *   own comments that are being written, by comment
 * @property {boolean} sending
 * @property {boolean} withResolved
 */
/**
 * @typedef {Object} KeyFacts
 * @property {readonly {readonly name: string, readonly title: string}[]} presets
 * @property {string} preset
 * @property {readonly import("../keys/defaultMap.js").Binding[]} base the preset's map
 * @property {readonly import("../keys/defaultMap.js").Binding[]} map with one's own changes
 * @property {{readonly command: string, readonly press: string} | null} draft keys are being
 *   changed: which command waits for a press, and the press it got, each "" if none
 */
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
 * @property {import("../api/outbox/merge.js").Merged | null} merged both versions of the first
 *   conflict in one
 * @property {number} now ticks, so that "saved 3 s ago" does
 * @property {string} readOnly why nothing can be changed, "" if it can
 * @property {boolean} elsewhere another tab writes this image
 * @property {readonly string[]} backwards objects that the server shows older than it once
 *   acknowledged
 * @property {{name: string, ms: number, place: "browser" | "server"} | null} model that answered last, and where
 * @property {string} waiting why an answer takes long, or ""
 * @property {string} finding what is being looked for, in words, or ""
 * @property {string} alikeMissing why no model here finds all objects like one, "" if one does
 * @property {number | null} threshold of the review bar, null while it is closed
 * @property {{id: number | null, problem: string} | null} labelForm id null: a new one
 * @property {string | null} labelSearch
 * @property {number} labelPick place of the label that Enter would take in the search
 * @property {ObjectFilter} filter
 * @property {ObjectSort} objectSort
 * @property {string} objectSearch
 * @property {SideTab} sideTab
 * @property {PastFacts} past
 * @property {DiffFacts | null} diff null: nothing is compared
 * @property {TalkFacts} talk
 * @property {string} tagProblem
 * @property {readonly string[]} hints that the person has met, by name
 * @property {number | null} coverage share of the pixels under confirmed objects
 * @property {boolean} sideOpen
 * @property {boolean} filmOpen
 * @property {boolean} viewOpen the settings of the view float over the picture
 * @property {string} theme light, dark or system
 * @property {KeyFacts} keys in force, and being changed
 * @property {number} picked entry of the palette
 * @property {"" | "keys" | "palette" | "conflict" | "unsent" | "login"} dialog
 * @property {string} search in the overlay of keys
 * @property {string} loginProblem
 * @property {string} username
 */

/**
 * What a panel may ask of the page beyond commands of the key map.
 * @typedef {Object} Deeds
 * @property {(command: string) => void} run a command of the key map
 * @property {(command: string) => void} runAsKey as its key would: the tool in hand hears it first
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
 * @property {(words: string) => void} find suggest every object that the words describe
 * @property {(ids: readonly string[]) => void} accept
 * @property {(ids: readonly string[]) => void} remove
 * @property {(row: OutboxRow, choice: import("../api/outbox/lane.js").Choice) => void} resolve
 * @property {(row: OutboxRow) => void} retry
 * @property {(row: OutboxRow) => void} discard
 * @property {() => void} download unsent changes as a file
 * @property {() => void} takeOver write here what another tab writes
 * @property {(ordering: Ordering) => void} order
 * @property {(ids: readonly string[], name: string, value: string | number | boolean | undefined) =>
 *   void} setAttribute
 * @property {PastDeeds} past
 * @property {DiffDeeds} diff
 * @property {TalkDeeds} talk
 * @property {{close: () => void, restart: () => void}} hints
 * @property {(tag: number, isOn: boolean) => void} tag put a tag on the image, or take it off
 * @property {(name: string) => void} addTag to the project, and put it on the image
 * @property {KeyDeeds} keys
 * @property {(username: string, password: string) => void} logIn
 * @property {(done: boolean) => void} endLogin
 */

/**
 * @typedef {Object} KeyDeeds
 * @property {(preset: string) => void} choose
 * @property {(draft: KeyFacts["draft"]) => void} draft
 * @property {(command: string, keys: readonly string[]) => void} give
 * @property {(command: string) => void} reset to what the preset says
 */

/**
 * @typedef {Object} PastDeeds
 * @property {(of: string | null) => void} follow
 * @property {() => void} reload
 * @property {() => void} more
 * @property {(moment: import("../api/histories.js").WireMoment | null) => void} show
 * @property {(moment: import("../api/histories.js").WireMoment) => void} restoreObject
 * @property {(moment: import("../api/histories.js").WireMoment) => void} restoreImage
 */

/**
 * @typedef {Object} DiffDeeds
 * @property {() => void} withPrelabel
 * @property {(moment: import("../api/histories.js").WireMoment, of: string | null) => void} withMoment
 */

/**
 * @typedef {Object} TalkDeeds
 * @property {(text: string) => void} send the draft
 * @property {(thread: number, text: string, uuid: string) => Promise<void>} answer
 * @property {(thread: number, answer: {uuid: string, text: string} | null) => void} keep an answer
 *   that is being written
 * @property {(comment: number, edit: {text: string, former: string} | null) => void} keepEdit one's
 *   own comment that is being changed
 * @property {(comment: number, changes: {text?: string, resolved?: boolean}) => void} revise
 * @property {(comment: number) => void} remove
 * @property {(thread: number | null) => void} open
 * @property {(facts: Partial<TalkFacts>) => void} show
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
