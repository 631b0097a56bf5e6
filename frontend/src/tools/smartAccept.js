/** From an accepted candidate to the document: one undo step, by the overlap mode. */

import { area } from "../geometry/rle.js";
import { addObject } from "../model/actions/addObject.js";
import { newId } from "../model/ids.js";
import { leaveToOthers } from "../model/overlap.js";
import { t } from "../texts.js";
import { reshape } from "./drawn.js";

/** @typedef {import("../types.js").Candidate} Candidate */
/** @typedef {import("../types.js").ToolContext} ToolContext */

/**
 * @param {Pick<ToolContext, "store" | "services">} context
 * @param {Candidate} candidate
 * @param {string | null} target the object that gets the mask, null for a new one
 * @returns {string | null} id of the object, null if no pixel is left to it
 */
export function acceptMask({ store, services }, candidate, target) {
  const object = target === null ? undefined : store.state.document.objects.get(target);
  if (object) {
    reshape({ store, services }, object, candidate.rle, t("Refine mask"));
    return object.id;
  }
  const { score, stability, model } = candidate;
  const rle = leaveToOthers(store.state, candidate.rle);
  if (area(rle) === 0) {
    services.notify(t("All of it belongs to objects that are kept: see Overlap."), "info");
    return null;
  }
  const id = newId();
  const { label } = store.state.session;
  store.dispatch(addObject({ id, rle, label, source: "model", score, stability, model }));
  return id;
}
