/** The five things that a newcomer does, in their order, and which of them is next. Pure. */

import { t } from "../texts.js";

/**
 * @typedef {Object} FirstStep
 * @property {string} name as it is kept in the person's profile
 * @property {string} words
 * @property {(press: (command: string) => string) => string} how given how a command is pressed
 * @property {string} tool to be taken for it, "" for none
 * @property {string} deed words of the button that takes it
 */

/** In a profile's list of hints: not wanted any more. */
export const CLOSED = "first-steps-closed";

/** @type {readonly FirstStep[]} */
export const FIRST_STEPS = [
  {
    name: "draw",
    words: t("Paint an object"),
    how: (press) =>
      t("Press {brush} and drag over it. What you paint is saved at once.", {
        brush: press("tool:brush"),
      }),
    tool: "brush",
    deed: t("Take the brush"),
  },
  {
    name: "undo",
    words: t("Take it back"),
    how: (press) =>
      t("{undo} undoes anything, even after a reload; {redo} brings it again.", {
        undo: press("undo"),
        redo: press("redo"),
      }),
    tool: "",
    deed: "",
  },
  {
    name: "smart",
    words: t("Let the model outline"),
    how: (press) =>
      t("Press {smart} and click on an object; right click takes a part away, {accept} accepts.", {
        smart: press("tool:smart"),
        accept: press("accept"),
      }),
    tool: "smart",
    deed: t("Take the smart tool"),
  },
  {
    name: "label",
    words: t("Name it with a digit"),
    how: () => t("1 to 9 name the selected object, or the next one you draw."),
    tool: "",
    deed: "",
  },
  {
    name: "submit",
    words: t("Hand it in"),
    how: (press) =>
      t("{submit} submits the image and opens the next one.", { submit: press("submit") }),
    tool: "",
    deed: "",
  },
];

/**
 * @param {readonly string[]} seen
 * @returns {{step: FirstStep, place: number} | null} place from 1; null: done, or not wanted
 */
export function nextStep(seen) {
  if (seen.includes(CLOSED)) return null;
  const place = FIRST_STEPS.findIndex(({ name }) => !seen.includes(name));
  const step = FIRST_STEPS[place];
  return step ? { step, place: place + 1 } : null;
}

/**
 * The profile's list without the first steps, so that they come again.
 * @param {readonly string[]} seen
 */
export function afresh(seen) {
  const ours = new Set([CLOSED, ...FIRST_STEPS.map(({ name }) => name)]);
  return seen.filter((name) => !ours.has(name));
}

/**
 * Which step a change of objects is, by what was done and not by what was read.
 * @param {import("../types.js").ChangeSet} set
 * @param {string} tool in hand
 * @returns {readonly string[]}
 */
export function stepsIn({ origin, step, changes }, tool) {
  if (origin !== "local") return [];
  if (step === "undo") return ["undo"];
  if (step === "redo") return [];
  const isDrawn = changes.some(
    ({ before, after }) => after && before?.rle.counts !== after.rle.counts,
  );
  const isNamed = changes.some(
    ({ before, after }) => before && after && before.label !== after.label,
  );
  return [...(isDrawn ? [tool === "smart" ? "smart" : "draw"] : []), ...(isNamed ? ["label"] : [])];
}
