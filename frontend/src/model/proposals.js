/** Which objects wait for a person's yes or no, and which only for the label of what a person drew. */

/** @typedef {import("../types.js").MaskObject} MaskObject */

/**
 * @param {Pick<MaskObject, "state" | "source"> | undefined} object
 * @returns {boolean} a model or a file proposed it; what a person drew has no label yet at most
 */
export function isProposal(object) {
  return object?.state === "suggested" && object.source !== "manual";
}
