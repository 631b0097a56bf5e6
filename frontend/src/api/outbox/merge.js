/** Two persons' versions of one object, brought together field by field and pixel by pixel. */

import { area } from "../../geometry/rle.js";
import { mergeChanges } from "../../geometry/threeWay.js";
import { fetchRevision } from "../images.js";

/**
 * @typedef {import("../client.js").Client} Client
 * @typedef {import("../wire.js").WireAnnotation} WireAnnotation
 * @typedef {import("../wire.js").WireBody} WireBody
 * @typedef {import("./rows.js").OutboxRow} OutboxRow
 */

/**
 * @typedef {Object} Merged
 * @property {string} id of the object
 * @property {string} of the change and the revision that it was made of
 * @property {WireBody} body
 * @property {number} disputed pixels of theirs that mine touch, and that are left out
 * @property {boolean} labelled both chose a label, and mine stands
 */

/**
 * Which versions a merge was made of: another edit or answer asks for another merge.
 * @param {OutboxRow} row in conflict
 */
export function versionsOf({ id, at, current, base_revision }) {
  return [id, at, base_revision, current?.revision].join(" ");
}

/**
 * @param {Client} client
 * @param {OutboxRow} row in conflict
 * @returns {Promise<Merged | null>} null: one of the two deleted it, or there is no common base
 */
export async function mergeConflict(client, row) {
  const { body, current, base_revision, image, id } = row;
  if (!body || !current || current.state === "deleted" || base_revision === null) return null;
  const base = await fetchRevision(client, image, { id, revision: base_revision });
  return base ? merge(row, { base, mine: body, theirs: current }) : null;
}

/**
 * @param {OutboxRow} row
 * @param {{base: WireAnnotation, mine: WireBody, theirs: WireAnnotation}} versions
 * @returns {Merged}
 */
export function merge(row, { base, mine, theirs }) {
  const { rle, disputed } = mergeChanges(base.segmentation, mine.segmentation, theirs.segmentation);
  const pick = (/** @type {"label" | "z" | "iscrowd"} */ name) =>
    mine[name] === base[name] ? theirs[name] : mine[name];
  const state = base.state !== mine.state || theirs.state === "deleted" ? mine.state : theirs.state;
  const body = /** @type {WireBody} */ ({
    ...mine,
    label: pick("label"),
    z: pick("z"),
    iscrowd: pick("iscrowd"),
    state,
    segmentation: rle,
    attributes: mergedAttributes(base.attributes, mine.attributes, theirs.attributes),
  });
  const labels = new Set([base.label, mine.label, theirs.label]);
  return {
    id: row.id,
    of: versionsOf(row),
    body,
    disputed: area(disputed),
    labelled: labels.size === 3,
  };
}

/**
 * @param {Record<string, unknown>} base
 * @param {Record<string, unknown>} mine
 * @param {Record<string, unknown>} theirs
 */
function mergedAttributes(base, mine, theirs) {
  const names = new Set([...Object.keys(theirs), ...Object.keys(mine)]);
  const entries = [...names].map((name) => {
    const isMine = JSON.stringify(mine[name]) !== JSON.stringify(base[name]);
    return /** @type {const} */ ([name, isMine ? mine[name] : theirs[name]]);
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
