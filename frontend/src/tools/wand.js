/** W: what is coloured like the pixel pressed on becomes an object; a drag changes the tolerance. */
import { t } from "../texts.js";
import { finishShape, SHAPE_GESTURES } from "./drawn.js";
import { FloodHand } from "./floodHand.js";
import { optionValue } from "./options.js";

/** @type {import("../types.js").RangeOption} */
const TOLERANCE = {
  kind: "range",
  name: "wandTolerance",
  words: t("Tolerance"),
  title: t("How far a colour may be off, of 255. [ less, ] more, Alt+wheel, or drag"),
  first: 24,
  min: 0,
  max: 255,
  step: 1,
  unit: "",
};

/** @type {import("../types.js").SwitchOption} */
const CONNECTED = {
  kind: "switch",
  name: "wandConnected",
  words: t("Connected"),
  title: t("Only what hangs together with the pixel; else the colour wherever it is"),
  first: true,
};

/** @type {import("../types.js").Tool} */
export const wand = {
  name: "wand",
  title: t("Wand"),
  hotkey: "W",
  draws: true,
  cursor: "crosshair",
  options: [TOLERANCE, CONNECTED],
  gestures: [
    { keys: ["Click"], words: t("Outline what is coloured like this pixel") },
    { keys: ["Drag", "[", "]", "Alt+Wheel"], words: t("Tolerance: to the right more") },
    ...SHAPE_GESTURES,
  ],
  take: (context) =>
    new FloodHand(context, {
      tolerance: TOLERANCE,
      begin: ({ primary }) => {
        const { session } = context.store.state;
        return primary
          ? { closed: null, spreads: optionValue(session, CONNECTED), target: null }
          : null;
      },
      finish: (rle, _from, { shift, alt }) => {
        finishShape(context, rle, { shift, alt, noun: t("Wand") });
      },
    }),
};
