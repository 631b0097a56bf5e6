/**
 * Commands on the shapes of the selected objects: tidy, split, combine. What may take long is worked
 * out by the worker and comes as one undo step; if an object was changed meanwhile it is left alone.
 */

import { components } from "../geometry/components.js";
import { area } from "../geometry/rle.js";
import { intersect, subtract, union } from "../geometry/sets.js";
import { inWords } from "../model/actions/action.js";
import { combineObjects } from "../model/actions/combineObjects.js";
import { reviseMasks } from "../model/actions/reviseMasks.js";
import { splitObject } from "../model/actions/splitObject.js";
import { newId } from "../model/ids.js";
import { keepersOf, leaveToOthers } from "../model/overlap.js";
import { t } from "../texts.js";
import { optionValue } from "../tools/options.js";
import { DROP_SIZE, TIDY_RADIUS } from "../tools/tidyOptions.js";

/** @typedef {import("../model/store.js").EditorStore} EditorStore */
/** @typedef {import("../types.js").MaskObject} MaskObject */
/** @typedef {import("../types.js").Session} Session */
/** @typedef {import("../tools/pixels/jobs.js").Tidying} Tidying */
/**
 * @typedef {Object} ShapePorts
 * @property {EditorStore} store
 * @property {import("../types.js").PixelBench} pixels
 * @property {(words: string, kind: "info" | "warn" | "bad") => void} say
 */

/** @type {Readonly<Record<Tidying, {words: string, amount: (session: Session) => number, none: string}>>} */
const TIDYINGS = {
  fillHoles: { words: t("Fill holes"), amount: () => 0, none: t("There are no holes.") },
  dropIslands: {
    words: t("Drop islands"),
    amount: (session) => optionValue(session, DROP_SIZE),
    none: t("There are no islands of that size."),
  },
  grow: { words: t("Grow"), amount: radius, none: t("There is no room to grow.") },
  shrink: { words: t("Shrink"), amount: radius, none: t("Nothing would be left.") },
  smooth: { words: t("Smooth"), amount: radius, none: t("The outline is smooth already.") },
};

/** False: nothing to do. @type {Readonly<Record<string, (ports: ShapePorts) => boolean>>} */
export const SHAPE_COMMANDS = Object.freeze({
  fillHoles: (ports) => tidy(ports, "fillHoles"),
  dropIslands: (ports) => tidy(ports, "dropIslands"),
  grow: (ports) => tidy(ports, "grow"),
  shrink: (ports) => tidy(ports, "shrink"),
  smooth: (ports) => tidy(ports, "smooth"),
  split: splitAll,
  mergeSelected: (ports) => combineSelected(ports, "union"),
  subtractOthers: (ports) => combineSelected(ports, "subtract"),
  intersectOthers: (ports) => combineSelected(ports, "intersect"),
});

/** @param {Session} session */
function radius(session) {
  return optionValue(session, TIDY_RADIUS);
}

/**
 * @param {EditorStore} store
 * @returns {Readonly<MaskObject>[]} selected ones that may be changed
 */
function changeable({ state: { document, session } }) {
  return session.selection.flatMap((id) => {
    const object = document.objects.get(id);
    return object && object.state !== "rejected" && !session.locked.has(id) ? [object] : [];
  });
}

/**
 * @param {ShapePorts} ports
 * @param {Tidying} how
 */
function tidy(ports, how) {
  if (changeable(ports.store).length === 0) return needsSelection(ports);
  const tidyNow = () => tidyLater(ports, how, changeable(ports.store));
  const turn = turns.get(ports.store)?.then(tidyNow) ?? tidyNow();
  turns.set(ports.store, turn);
  void turn.then(() => {
    if (turns.get(ports.store) === turn) turns.delete(ports.store);
  });
  return true;
}

/**
 * A key that is held asks again before the worker has answered: one at a time, each from what the
 * one before it has made.
 * @type {WeakMap<EditorStore, Promise<void>>}
 */
const turns = new WeakMap();

/**
 * @param {ShapePorts} ports
 * @param {Tidying} how
 * @param {readonly Readonly<MaskObject>[]} objects
 */
async function tidyLater({ store, pixels, say }, how, objects) {
  const { words, amount, none } = TIDYINGS[how];
  try {
    const masks = await Promise.all(
      objects.map(async ({ id, rle }) => {
        const tidied = await pixels.ask("tidy", { how, rle, amount: amount(store.state.session) });
        return { id, before: rle, tidied };
      }),
    );
    const { document } = store.state;
    const open = masks.filter(({ id, before }) => document.objects.get(id)?.rle === before);
    if (open.length < masks.length)
      say(t("An object was changed meanwhile and left alone."), "warn");
    const kept = open
      .filter(({ tidied }) => area(tidied) > 0)
      .map(({ id, before, tidied }) => {
        const grown = leaveToOthers(store.state, subtract(tidied, before), id);
        return { id, before, rle: union(intersect(tidied, before), grown) };
      });
    if (kept.some(({ before, rle }) => rle.counts !== before.counts))
      store.dispatch(reviseMasks({ masks: kept, words, keepers: keepersOf(store.state) }));
    else if (open.length > 0) say(none, "info");
  } catch (error) {
    say(`${words}: ${error instanceof Error ? error.message : String(error)}`, "bad");
  }
}

/** @param {ShapePorts} ports */
function splitAll(ports) {
  const { store, say } = ports;
  const objects = changeable(store);
  if (objects.length === 0) return needsSelection(ports);
  const splits = objects.flatMap(({ id, rle }) => {
    const pieces = components(rle);
    const ids = pieces.slice(1).map(() => newId());
    return pieces.length > 1 ? [{ id, pieces, ids }] : [];
  });
  const keepers = keepersOf(store.state);
  const count = splits.reduce((sum, { pieces }) => sum + pieces.length, 0);
  if (count === 0) {
    say(t("It hangs together: there is nothing to split. K splits along a line."), "info");
    return true;
  }
  store.dispatch(
    inWords(t("Split into {count} objects", { count }), (document) =>
      splits.reduce((changed, split) => splitObject({ ...split, keepers })(changed), document),
    ),
  );
  store.update({ selection: splits.flatMap(({ id, ids }) => [...ids, id]) });
  return true;
}

/**
 * @param {ShapePorts} ports
 * @param {import("../model/actions/combineObjects.js").Operation} operation
 */
function combineSelected({ store, say }, operation) {
  const objects = changeable(store);
  const kept = objects.at(-1);
  if (!kept || objects.length < 2) {
    say(t("Select two or more objects (Shift+click); the one selected last stays."), "info");
    return true;
  }
  const others = objects.slice(0, -1).map(({ id }) => id);
  const keepers = keepersOf(store.state);
  if (store.dispatch(combineObjects({ id: kept.id, others, operation, keepers })))
    store.update({ selection: [kept.id] });
  else say(t("Nothing changed: they share no pixel, or nothing would be left."), "info");
  return true;
}

/** @param {ShapePorts} ports */
function needsSelection({ say }) {
  say(t("Select an object first (V), one that is not locked."), "info");
  return true;
}
