/** What has been clicked in the smart tool, as a value, and what it means to a model. */

import { bbox } from "../geometry/rle.js";
import { iou } from "../geometry/sets.js";
import { number, t } from "../texts.js";

/** @typedef {import("../types.js").BoxXyxy} BoxXyxy */
/** @typedef {import("../types.js").Candidate} Candidate */
/** @typedef {import("../types.js").MaskObject} MaskObject */
/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {{readonly width: number, readonly height: number}} Size */
/** @typedef {{readonly at: Point, readonly positive: boolean}} Click */
/**
 * @typedef {Object} Clicks
 * @property {string | null} target the object that is refined, null for a new one
 * @property {Rle | null} base the mask that the clicks start from
 * @property {readonly Click[]} points
 * @property {BoxXyxy | null} box
 * @property {BoxXyxy | null} region the part of the image that is looked at closer
 * @property {readonly Candidate[] | null} candidates null until they are known
 * @property {boolean} isAnswered false: the candidates are still those of the clicks before
 * @property {number} chosen index of the candidate shown
 * @property {boolean} isCloser the candidates come of a closer look at the box
 * @property {boolean} isWide all candidates are asked for, though several prompts say which one
 * @property {import("../types.js").Logits | null} logits of the answer that this click refines
 */

const SMALL = 1 / 6; // of the image's longer side: the model sees such an object in few of its cells
const ROOM = 3; // a closer look's side in those of the object: what lies around tells what it is
const LEAST_SIDE_PX = 192; // of it: the fewer pixels it has, the less they tell, however enlarged
const WORTH = 1.5; // times larger than in the whole image, or nobody looks closer unasked
const MOST_PX = 16_000_000; // larger images take the server too long to read while somebody waits
const CLICKS_BEFORE_CLOSER = 4; // with fewer, what is meant is not sure enough to look at it alone

/**
 * Nothing clicked yet.
 * @param {Pick<MaskObject, "id" | "rle"> | null} target what the clicks are to refine
 * @returns {Clicks}
 */
export function clicksOn(target) {
  return Object.freeze({
    target: target?.id ?? null,
    base: target?.rle ?? null,
    points: [],
    box: null,
    region: null,
    candidates: null,
    isAnswered: false,
    chosen: 0,
    isCloser: false,
    isWide: false,
    logits: null,
  });
}

/** @param {Clicks} clicks */
export function isClicked({ points, box, region }) {
  return points.length > 0 || box !== null || region !== null;
}

/**
 * Whether there is something to find: what lies outside alone says nothing of what is meant.
 * @param {Clicks} clicks
 */
export function isMeant({ points, box, region, base }) {
  const isInside = points.some(({ positive }) => positive);
  return isInside || box !== null || region !== null || (base !== null && points.length > 0);
}

/**
 * The last answer goes on with the click, if there is one to the clicks before; beyond the part
 * looked at closer, the whole is asked again.
 * @param {Clicks} clicks
 * @param {Pick<PointerSample, "image" | "primary" | "alt">} sample
 * @returns {Clicks}
 */
export function withClick(clicks, sample) {
  const { x, y } = sample.image;
  const click = { at: { x, y }, positive: sample.primary && !sample.alt };
  const shown = (clicks.isAnswered && clicks.candidates?.[clicks.chosen]) || null;
  const isWithin = !clicks.region || holds(clicks.region, click.at);
  return {
    ...clicks,
    points: [...clicks.points, click],
    isWide: false,
    ...(isWithin
      ? { logits: shown?.logits ?? null }
      : { logits: null, region: null, base: shown?.rle ?? clicks.base }),
  };
}

/**
 * @param {Clicks} clicks
 * @param {BoxXyxy} box
 * @returns {Clicks}
 */
export function withBox(clicks, box) {
  return { ...clicks, box, region: null, isCloser: false, logits: null, isWide: false };
}

/**
 * @param {Clicks} clicks
 * @param {Click} click one of its points
 * @returns {Clicks}
 */
export function without(clicks, click) {
  const points = clicks.points.filter((each) => each !== click);
  return { ...clicks, points, logits: null, isWide: false };
}

/**
 * The same clicks, on the part of the image around a mask, which is kept outside of that part.
 * @param {Clicks} clicks
 * @param {Rle} mask
 * @param {Size} image
 * @returns {Clicks}
 */
export function closer(clicks, mask, image) {
  return {
    ...clicks,
    base: mask,
    region: roomAround(mask, image),
    isCloser: false,
    logits: null,
    isWide: false,
  };
}

/**
 * @param {Rle} mask
 * @param {Size} image
 */
export function isSmall(mask, image) {
  const [, , width, height] = bbox(mask);
  const side = Math.max(width, height);
  return side > 0 && side < SMALL * Math.max(image.width, image.height);
}

/**
 * What a model that is quick to encode does better by looking closer, after an answer: a small box,
 * and a small object that was clicked often enough to be known.
 * @param {Clicks} clicks answered by the whole image
 * @param {Size} image
 * @returns {Clicks | null} null where the whole image is good enough
 */
export function seenCloser(clicks, image) {
  const { box, points, region, isCloser, candidates, chosen } = clicks;
  if (region || isCloser || image.width * image.height > MOST_PX) return null;
  const mask = candidates?.[chosen]?.rle;
  if (points.length < CLICKS_BEFORE_CLOSER || !mask) {
    const isFresh = box !== null && isSmallSide(box[2] - box[0], box[3] - box[1], image);
    return isFresh && clicks.base === null ? { ...clicks, logits: null, isCloser: true } : null;
  }
  const [, , width, height] = bbox(mask);
  if (width === 0 || !isSmallSide(width, height, image)) return null;
  const looked = closer(clicks, mask, image);
  return points.every(({ at }) => looked.region && holds(looked.region, at)) ? looked : null;
}

/**
 * @param {number} width
 * @param {number} height
 * @param {Size} image
 */
function isSmallSide(width, height, image) {
  return ROOM * Math.max(width, height) * WORTH <= Math.max(image.width, image.height);
}

/**
 * @param {Clicks} clicks
 * @returns {import("../types.js").Prompt}
 */
export function promptOf({ points, box, base, logits, region, isCloser, isWide }) {
  const mask = region || logits === null ? base : null; // logits hold what the mask says
  return {
    points: points.map(({ at, positive }) => [at.x, at.y, positive ? 1 : 0]),
    box,
    mask,
    logits,
    // One prompt may mean the part or the whole; several say it.
    multimask: isWide || (points.length + (box ? 1 : 0) === 1 && mask === null),
    ...(region ? { region } : {}),
    ...(isCloser ? { isCloser } : {}),
  };
}

/**
 * A click makes what was seen before it: of the candidates the one most like it, else the best.
 * @param {readonly Candidate[]} candidates best first
 * @param {Rle | null} seen
 */
export function likest(candidates, seen) {
  if (!seen) return 0;
  const likeness = candidates.map(({ rle }) => iou(rle, seen));
  return Math.max(likeness.indexOf(Math.max(...likeness)), 0);
}

const DIGITS = { minimumFractionDigits: 2, maximumFractionDigits: 2 };

/** @param {Clicks} clicks with a candidate */
export function statusOf({ candidates, chosen, region, isCloser }) {
  const count = candidates?.length ?? 0;
  const place = count > 1 ? `${t("{position} of {count}", { position: chosen + 1, count })}, ` : "";
  const how = region || isCloser ? t(", seen closer") : "";
  return `${place}${t("score {score}", { score: number(candidates?.[chosen]?.score ?? 0, DIGITS) })}${how}`;
}

/**
 * @param {Point} a
 * @param {Point} b
 */
export function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/**
 * @param {BoxXyxy} box
 * @param {Point} point
 */
function holds([x0, y0, x1, y1], { x, y }) {
  return x >= x0 && y >= y0 && x < x1 && y < y1;
}

/**
 * A square around a mask, as far as the image reaches; whole pixels.
 * @param {Rle} mask
 * @param {Size} image
 * @returns {BoxXyxy}
 */
function roomAround(mask, image) {
  const [x, y, width, height] = bbox(mask);
  const least = Math.min(LEAST_SIDE_PX, Math.max(image.width, image.height) / WORTH);
  const half = Math.max(Math.max(width, height) * ROOM, least) / 2;
  const [middleX, middleY] = [x + width / 2, y + height / 2];
  return [
    Math.max(Math.floor(middleX - half), 0),
    Math.max(Math.floor(middleY - half), 0),
    Math.min(Math.ceil(middleX + half), image.width),
    Math.min(Math.ceil(middleY + half), image.height),
  ];
}
