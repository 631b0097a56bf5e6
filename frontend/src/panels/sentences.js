/** The history in sentences: who did what to which object. */

import { LANGUAGE, number, t } from "../texts.js";

/**
 * @typedef {import("../api/histories.js").WireMoment} WireMoment
 * @typedef {import("../types.js").Label} Label
 */

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * @param {WireMoment} moment
 * @param {readonly Label[]} labels
 * @returns {string} "Anna enlarged ‘bear 3’ by 1,204 px"
 */
export function sentence(moment, labels) {
  return `${who(moment)} ${deeds(moment, labels).join(t(" and "))}`;
}

/**
 * @param {{label: number | null, number: number}} moment
 * @param {readonly Label[]} labels
 */
export function objectName({ label, number: place }, labels) {
  return t("‘{label} {place}’", { label: labelName(label, labels) ?? t("object"), place });
}

/**
 * @param {string} time ISO
 * @param {number} now ms since 1970
 */
export function since(time, now) {
  const then = Date.parse(time);
  const past = Math.max(0, now - then);
  if (past < MINUTE_MS) return t("just now");
  if (past < HOUR_MS) return t("{minutes} min ago", { minutes: Math.floor(past / MINUTE_MS) });
  if (past < DAY_MS) return t("{hours} h ago", { hours: Math.floor(past / HOUR_MS) });
  return new Date(then).toLocaleDateString(LANGUAGE, {
    day: "numeric",
    month: "short",
    year: "numeric",
  });
}

/** @param {WireMoment} moment */
function who({ author, cause, model }) {
  if (author) return author;
  if (cause === "prelabel") return model || t("The model");
  return cause === "import" ? t("An import") : t("Somebody");
}

/**
 * @param {WireMoment} moment
 * @param {readonly Label[]} labels
 * @returns {string[]} at least one
 */
function deeds(moment, labels) {
  const name = objectName(moment, labels);
  if (moment.revision === 1) return [birth(moment, name)];
  if (moment.state !== moment.state_before && moment.state === "deleted")
    return [t("deleted {name}", { name })];
  if (moment.cause === "restore") return [t("restored {name} to an earlier state", { name })];
  const said = [turn(moment, name), relabelled(moment, name, labels), reshaped(moment, name)];
  const done = said.filter((words) => words !== "");
  if (done.length > 0)
    return done.map((words, i) => (i === 0 ? words : words.replace(name, t("it"))));
  return [lesser(moment, name)];
}

/**
 * @param {WireMoment} moment
 * @param {string} name
 */
function birth({ cause, source, model, area, author }, name) {
  const size = `(${pixels(area)})`;
  if (cause === "prelabel") return t("suggested {name} {size}", { name, size });
  if (cause === "import") return t("brought in {name} {size}", { name, size });
  if (source === "model" && author)
    return t("made {name} with {model} {size}", { name, model: model || t("a model"), size });
  return t("drew {name} {size}", { name, size });
}

/**
 * @param {WireMoment} moment
 * @param {string} name
 */
function turn({ state, state_before }, name) {
  if (state === state_before) return "";
  if (state_before === "deleted") return t("brought back {name}", { name });
  if (state === "rejected") return t("rejected {name}", { name });
  if (state === "suggested") return t("made {name} a suggestion again", { name });
  return t("accepted {name}", { name });
}

/**
 * @param {WireMoment} moment
 * @param {string} name
 * @param {readonly Label[]} labels
 */
function relabelled({ changed, label, label_before }, name, labels) {
  if (!changed.includes("label")) return "";
  const before = labelName(label_before, labels);
  const after = labelName(label, labels);
  if (!after) return t("took the label {before} from {name}", { before: before ?? "", name });
  return before
    ? t("relabelled {name} from {before} to {after}", { name, before, after })
    : t("labelled {name} as {after}", { name, after });
}

/**
 * @param {WireMoment} moment
 * @param {string} name
 */
function reshaped({ changed, area, area_before }, name) {
  if (!changed.includes("mask")) return "";
  const grown = area - (area_before ?? 0);
  if (grown === 0) return t("reshaped {name}", { name });
  const size = pixels(Math.abs(grown));
  return grown > 0
    ? t("enlarged {name} by {size}", { name, size })
    : t("shrank {name} by {size}", { name, size });
}

/**
 * @param {WireMoment} moment
 * @param {string} name
 */
function lesser({ changed }, name) {
  if (changed.includes("attributes")) return t("changed the attributes of {name}", { name });
  if (changed.includes("z")) return t("moved {name} in the order", { name });
  if (changed.includes("iscrowd")) return t("changed whether {name} is a crowd", { name });
  return t("saved {name} as it was", { name });
}

/**
 * @param {number | null} id
 * @param {readonly Label[]} labels
 */
function labelName(id, labels) {
  return id === null ? undefined : labels.find((label) => label.id === id)?.name;
}

/** @param {number} count */
function pixels(count) {
  return `${number(count)} px`;
}
