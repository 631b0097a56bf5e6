/** How one looks at pictures, kept in the profile: it holds from image to image and day to day. */

import { savePreferences } from "../api/account.js";
import { SIGNALS } from "../model/heat.js";
import { isAdjusted, readLook } from "../model/pictureLook.js";
import { t } from "../texts.js";

/** @typedef {import("../types.js").Session} Session */

const KEPT = /** @type {const} */ ([
  "picture",
  "opacity",
  "outlineOnly",
  "gridShown",
  "minimapShown",
  "rulersShown",
  "heatSignal",
  "patterns",
  "wheel",
]);
/** @type {readonly Session["wheel"][]} */
const WHEELS = ["auto", "zoom", "pan"];
const SETTLE_MS = 600; // a slider has come to rest

/**
 * The part of a session that a profile holds.
 * @param {string} stored JSON that the page was made with
 * @returns {Partial<Session>}
 */
export function readView(stored) {
  const known = /** @type {Record<string, unknown>} */ (JSON.parse(stored || "{}"));
  const {
    mask_opacity: opacity,
    outline_only: outlineOnly,
    pixel_grid: gridShown,
    minimap: minimapShown,
    rulers: rulersShown,
    heat_signal: heatSignal,
    patterns,
  } = known;
  const wheel = WHEELS.find((name) => name === known.wheel);
  const signal = SIGNALS.find(({ name }) => name === heatSignal);
  return {
    picture: readLook(known.picture),
    ...(typeof opacity === "number" ? { opacity } : {}),
    ...(typeof outlineOnly === "boolean" ? { outlineOnly } : {}),
    ...(typeof gridShown === "boolean" ? { gridShown } : {}),
    ...(typeof minimapShown === "boolean" ? { minimapShown } : {}),
    ...(typeof rulersShown === "boolean" ? { rulersShown } : {}),
    ...(signal ? { heatSignal: signal.name } : {}),
    ...(typeof patterns === "boolean" ? { patterns } : {}),
    ...(wheel ? { wheel } : {}),
  };
}

/**
 * @param {Session} session
 * @returns {Record<string, unknown>} preferences; null: as everybody has it
 */
export function viewPreferences(session) {
  const { picture, opacity, outlineOnly, gridShown, minimapShown, rulersShown, heatSignal } =
    session;
  return {
    picture: isAdjusted(picture) ? picture : null,
    mask_opacity: opacity,
    outline_only: outlineOnly,
    pixel_grid: gridShown,
    minimap: minimapShown,
    rulers: rulersShown,
    heat_signal: heatSignal,
    patterns: session.patterns,
    wheel: session.wheel,
  };
}

/**
 * Keeps what changes, once it has come to rest.
 * @param {import("./desk.js").Desk} desk
 * @param {Pick<import("./desk.js").DeskParts, "client" | "toasts">} parts
 */
export function keepView(desk, { client, toasts }) {
  /** @type {readonly unknown[]} */
  let last = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const save = async (/** @type {Record<string, unknown>} */ preferences) => {
    try {
      await savePreferences(client, preferences);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      toasts.say(t("How the picture is shown holds only on this page: {why}", { why }), "warn");
    }
  };
  desk.onState(() => {
    if (!desk.state) return;
    const { session } = desk.state;
    const next = KEPT.map((name) => session[name]);
    const isFirst = last.length === 0;
    const isSame = next.every((value, at) => value === last[at]);
    last = next;
    if (isFirst || isSame) return; // the first is as the page was given it
    const preferences = viewPreferences(session);
    clearTimeout(timer);
    timer = setTimeout(() => void save(preferences), SETTLE_MS);
  });
}
