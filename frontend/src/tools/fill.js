/**
 * G: pour into what is free, from the pixel pressed on as far as the colour is alike and no other
 * object begins: into the selected object, or a new one. With Alt or the right button what is alike
 * is poured out of the selected object.
 */

import { area, contains } from "../geometry/rle.js";
import { complement, subtract, unionOf } from "../geometry/sets.js";
import { labelById } from "../model/document.js";
import { t } from "../texts.js";
import { paint, revise } from "./drawn.js";
import { FloodHand } from "./floodHand.js";
import { editableSelection } from "./hits.js";

/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../types.js").ToolContext} ToolContext */

/** @type {import("../types.js").RangeOption} */
const TOLERANCE = {
  kind: "range",
  name: "fillTolerance",
  words: t("Tolerance"),
  title: t(
    "How far a colour may be off, of 255; at 255 only objects stop it. [ less, ] more, Alt+wheel",
  ),
  first: 40,
  min: 0,
  max: 255,
  step: 1,
  unit: "",
};

/** @type {import("../types.js").Tool} */
export const fill = {
  name: "fill",
  title: t("Fill"),
  hotkey: "G",
  draws: true,
  cursor: "crosshair",
  goal: "selected",
  options: [TOLERANCE],
  gestures: [
    { keys: ["Click"], words: t("Pour into what is free, up to the next object or colour") },
    { keys: ["Alt", "Right click"], words: t("Pour out of the selected object") },
    { keys: ["Drag", "[", "]", "Alt+Wheel"], words: t("Tolerance: to the right more") },
  ],
  take: (context) =>
    new FloodHand(context, {
      tolerance: TOLERANCE,
      begin: (sample) => (empties(sample) ? toEmpty(context, sample) : toFill(context, sample)),
      finish: (rle, from) => {
        const target = editableSelection(context.store.state);
        if (area(rle) === 0) return;
        if (!empties(from)) paint(context, rle, target?.id ?? null, t("Fill"));
        else if (target) revise(context, target.id, subtract(target.rle, rle), t("Pour out"));
      },
    }),
};

/** @param {PointerSample} sample */
function empties({ alt, primary, eraser }) {
  return alt || eraser || !primary;
}

/**
 * @param {ToolContext} context
 * @param {PointerSample} sample
 */
function toEmpty({ store, services }, { image }) {
  const target = editableSelection(store.state);
  if (target && contains(target.rle, image.x, image.y)) {
    return { closed: complement(target.rle), spreads: true, target: target.id };
  }
  services.notify(t("Select the object to pour out of, and click inside of it."), "info");
  return null;
}

/**
 * @param {ToolContext} context
 * @param {PointerSample} sample
 */
function toFill({ store, services }, { image }) {
  const { document } = store.state;
  const target = editableSelection(store.state)?.id ?? null;
  const taken = [...document.objects.values()].filter(({ state }) => state === "confirmed");
  const owner = taken.find(({ rle }) => contains(rle, image.x, image.y));
  if (owner) {
    const name = labelById(document, owner.label)?.name ?? t("an object");
    services.notify(t("This pixel belongs to {name}; fill takes what is free.", { name }), "info");
    return null;
  }
  const sizeHw = /** @type {const} */ ([document.image.height, document.image.width]);
  const closed = unionOf(
    taken.map(({ rle }) => rle),
    sizeHw,
  );
  return { closed, spreads: true, target };
}
