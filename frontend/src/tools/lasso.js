/** L: draw round something by hand; lifting closes the line to where it began. */

import { fillRings, ringOf } from "../geometry/rings.js";
import { t } from "../texts.js";
import { finishShape, SHAPE_GESTURES } from "./drawn.js";

/** @typedef {import("../types.js").Point} Point */

const LEAST_STEP_PX = 1; // screen_px between two points that are kept

/** @type {import("../types.js").Tool} */
export const lasso = {
  name: "lasso",
  title: t("Lasso"),
  hotkey: "L",
  draws: true,
  cursor: "crosshair",
  gestures: [
    { keys: ["Drag"], words: t("Draw round the object; lifting closes") },
    ...SHAPE_GESTURES,
  ],
  take(context) {
    const { store, services, describe } = context;
    /** @type {Point[] | null} image_px */
    let points = null;

    function clear() {
      points = null;
      describe([]);
    }

    return {
      down(sample) {
        if (sample.primary) points = [sample.image];
      },
      drag(samples) {
        if (!points) return;
        const least = LEAST_STEP_PX / store.state.session.view.scale;
        for (const { image } of samples) {
          const last = points.at(-1) ?? image;
          if (Math.hypot(image.x - last.x, image.y - last.y) >= least) points.push(image);
        }
        const [first] = points;
        const line = { kind: /** @type {const} */ ("line"), points: [...points], vertices: false };
        describe([{ ...line, closed: first !== undefined }]);
      },
      up({ shift, alt }) {
        const drawn = points;
        clear();
        if (!drawn) return;
        if (drawn.length < 3) {
          services.notify(t("Drag round the object to outline it."), "info");
          return;
        }
        const { width, height } = store.state.document.image;
        const rle = fillRings([ringOf(drawn)], [height, width], "nonzero");
        finishShape(context, rle, { shift, alt, noun: t("Lasso") });
      },
      abort: clear,
      cancel() {
        const was = points !== null;
        clear();
        return was;
      },
    };
  },
};
