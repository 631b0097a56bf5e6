/** Commands that find what no confirmed object covers yet. */

import { components } from "../geometry/components.js";
import { area, bbox } from "../geometry/rle.js";
import { fitBox } from "../geometry/viewport.js";
import { voidOf } from "../model/void.js";
import { number, t } from "../texts.js";

/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("./shapeCommands.js").ShapePorts} ShapePorts */

const MAX_GAP_SCALE = 8; // a gap of one pixel is shown with its surroundings

/** Which gap was shown last. @type {WeakMap<Rle, number>} */
const shown = new WeakMap();

/** False: nothing to do. @type {Readonly<Record<string, (ports: Pick<ShapePorts, "store" | "say">) => boolean>>} */
export const VOID_COMMANDS = Object.freeze({
  showVoid({ store }) {
    store.update({ voidShown: !store.state.session.voidShown });
    return true;
  },

  findVoid({ store, say }) {
    const { document, session } = store.state;
    const left = voidOf(document);
    const gaps = components(left);
    const index = ((shown.get(left) ?? -1) + 1) % Math.max(gaps.length, 1);
    const gap = gaps[index];
    if (!gap) {
      say(t("Every pixel is covered."), "info");
      return true;
    }
    shown.set(left, index);
    store.update({ voidShown: true, view: fitBox(bbox(gap), session.stage, MAX_GAP_SCALE) });
    say(
      t("Gap {position} of {count}, {area} px.", {
        position: index + 1,
        count: gaps.length,
        area: number(area(gap)),
      }),
      "info",
    );
    return true;
  },
});
