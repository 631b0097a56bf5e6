/**
 * M: make one of two. The object selected last is kept; a click on another one merges it in, takes
 * its pixels away or leaves what both share, as the strip says. Alt turns merging and subtracting
 * into each other. With several selected Enter does it to all of them.
 */

import { contains } from "../geometry/rle.js";
import { combineObjects } from "../model/actions/combineObjects.js";
import { paintOrder } from "../model/document.js";
import { keepersOf } from "../model/overlap.js";
import { t } from "../texts.js";
import { editableSelection, topmostAt } from "./hits.js";
import { optionValue } from "./options.js";

/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../types.js").ToolContext} ToolContext */
/** @typedef {import("../model/actions/combineObjects.js").Operation} Operation */

/** @type {import("../types.js").ChoiceOption} */
const OPERATION = {
  kind: "choice",
  name: "combineOperation",
  words: t("What a click does with the other object"),
  title: t("Alt turns merging and subtracting into each other"),
  first: "union",
  choices: [
    ["union", t("Merge")],
    ["subtract", t("Subtract")],
    ["intersect", t("Intersect")],
  ],
};

/** @type {import("../types.js").Tool} */
export const combine = {
  name: "combine",
  title: t("Merge"),
  hotkey: "M",
  draws: true,
  reworks: true,
  cursor: "pointer",
  goal: "selected",
  options: [OPERATION],
  gestures: [
    { keys: ["Click"], words: t("Another object: merge it into the selected one") },
    { keys: ["Alt+Click"], words: t("Take the other object's pixels away") },
    { keys: ["Enter"], words: t("Do it to all that are selected") },
  ],
  take(context) {
    const { store, describe } = context;
    const show = () => describe([], wordsOf(context));
    const stop = store.watch((state) => state.session.selection, show);
    show();
    return {
      disable: stop,
      hover(sample) {
        store.update({ hover: otherAt(context, sample)?.id ?? null });
      },
      leave: () => store.update({ hover: null }),
      down(sample) {
        const other = otherAt(context, sample);
        const kept = editableSelection(store.state);
        if (!other) return;
        if (kept) apply(context, [other.id], sample.alt || !sample.primary);
        else store.update({ selection: [other.id] });
      },
      key(sample) {
        if (sample.key !== "Enter" || sample.ctrl) return false;
        const others = store.state.session.selection.slice(0, -1);
        if (others.length === 0) return false;
        apply(context, others, sample.alt);
        return true;
      },
    };
  },
};

/**
 * @param {ToolContext} context
 * @param {readonly string[]} others
 * @param {boolean} turned
 */
function apply({ store, services }, others, turned) {
  const kept = editableSelection(store.state);
  if (!kept) {
    services.notify(t("Select the object that is to stay last, and not a locked one."), "info");
    return;
  }
  const open = others.filter((id) => !store.state.session.locked.has(id));
  const operation = operationNow(store.state.session, turned);
  if (
    store.dispatch(
      combineObjects({ id: kept.id, others: open, operation, keepers: keepersOf(store.state) }),
    )
  )
    store.update({ selection: [kept.id], hover: null });
  else services.notify(t("Nothing changed: {why}.", { why: REASONS[operation] }), "info");
}

/** @type {Readonly<Record<Operation, string>>} */
const REASONS = {
  union: t("there is no other object that may be changed"),
  subtract: t("they share no pixel, or nothing would be left"),
  intersect: t("they share no pixel, or the other covers all of it"),
};

/**
 * @param {import("../types.js").Session} session
 * @param {boolean} turned
 * @returns {Operation}
 */
function operationNow(session, turned) {
  const chosen = /** @type {Operation} */ (optionValue(session, OPERATION));
  if (!turned) return chosen;
  return chosen === "union" ? "subtract" : "union";
}

/** @param {ToolContext} context */
function wordsOf({ store }) {
  const count = store.state.session.selection.length;
  if (count > 1) return t("Enter: all {count} selected", { count });
  return count === 1 ? t("Click on another object") : t("Click on the object that is to stay");
}

/**
 * The topmost object under the pointer that is not the one to be kept.
 * @param {ToolContext} context
 * @param {PointerSample} sample
 */
function otherAt({ store }, { image }) {
  const kept = editableSelection(store.state);
  const top = topmostAt(store.state, image);
  if (!kept || top?.id !== kept.id) return top;
  const { document, session } = store.state;
  const under = [...paintOrder(document)].reverse();
  return (
    under.find(
      ({ id, state, rle }) =>
        id !== kept.id &&
        state !== "rejected" &&
        !session.hidden.has(id) &&
        !session.locked.has(id) &&
        contains(rle, image.x, image.y),
    ) ?? null
  );
}
