/** H: drag the picture. The stage also takes it in hand for Space and the middle button. */

import { keepInSight, panBy } from "../geometry/viewport.js";
import { t } from "../texts.js";

/** @typedef {import("../types.js").Tool} Tool */

/** @type {Tool} */
export const pan = {
  name: "pan",
  title: t("Pan"),
  hotkey: "H",
  draws: false,
  cursor: "grab",
  icon: "hand",
  take({ store }) {
    /** @type {import("../types.js").Point | null} */
    let last = null;
    return {
      down(sample) {
        last = sample.screen;
      },
      drag(samples) {
        const sample = samples.at(-1);
        if (!sample || !last) return;
        const { document, session } = store.state;
        const { x, y } = sample.screen;
        const moved = panBy(session.view, x - last.x, y - last.y);
        store.update({ view: keepInSight(moved, document.image, session.stage) });
        last = sample.screen;
      },
      up() {
        last = null;
      },
      abort() {
        last = null;
      },
    };
  },
};
