/** Mine, theirs or both: two persons changed one object, and nothing goes without a click. */

import { html, nothing, svg } from "../../vendor/lit-html/lit-html.js";
import { versionsOf } from "../api/outbox/merge.js";
import { outline } from "../geometry/contour.js";
import { area } from "../geometry/rle.js";
import { UNLABELLED } from "../model/colors.js";
import { number, t } from "../texts.js";
import { frameAround } from "./conflictFrame.js";
import { counted } from "./wording.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./view.js").OutboxRow} OutboxRow */
/** @typedef {import("./view.js").Label} Label */
/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {{words: string, by: string, label: number | null, rle: Rle | null}} Side */
/** @typedef {{frame: string, size: readonly [height: number, width: number], file: string}} Scene */

/** @param {View} view */
export function conflictBody({ state, facts, deeds }) {
  const row = facts.outbox.conflicts[0];
  if (!row?.current)
    return html`<div class="dialog-body"><p>${t("No conflict is left.")}</p></div>`;
  const { current } = row;
  const labels = state?.document.labels ?? [];
  const isGone = current.state === "deleted";
  const mine = {
    words: t("Mine"),
    by: t("not sent yet"),
    label: row.body?.label ?? null,
    rle: row.body?.segmentation ?? null,
  };
  const theirs = {
    words: t("Theirs"),
    by: t("by {author}, saved", { author: current.author ?? t("somebody") }),
    label: current.label,
    rle: isGone ? null : current.segmentation,
  };
  const merged = facts.merged?.of === versionsOf(row) ? facts.merged : null;
  const scene = sceneOf({ state, facts, deeds }, row);
  return html`<div class="dialog-body">
    <p>${t("While you worked on it, the server took another change. The other one stays in the object's history whatever you choose.")}</p>
    <div class="sides">${sideCard(mine, labels, scene)}${sideCard(theirs, labels, scene)}${
      merged ? sideCard(mergedSide(merged), labels, scene) : nothing
    }</div>
    ${merged ? html`<p class="muted">${mergeWords(merged)}</p>` : nothing}
    ${
      facts.outbox.conflicts.length > 1
        ? html`<p class="muted">${t("{count} more after this one.", { count: facts.outbox.conflicts.length - 1 })}</p>`
        : nothing
    }
  </div>
  <footer class="dialog-foot">
    <button class="button" type="button"
      @click=${() => deeds.resolve(row, "theirs")}>${t("Take theirs")}</button>
    ${
      mine.rle && theirs.rle
        ? html`<button class="button" type="button"
      @click=${() => deeds.resolve(row, "both")}>${t("Two objects")}</button>`
        : nothing
    }
    ${
      merged
        ? html`<button class="button" type="button"
      @click=${() => deeds.resolve(row, merged.body)}>${t("Merge both")}</button>`
        : nothing
    }
    <button class="button primary" type="button"
      @click=${() => deeds.resolve(row, "mine")}>${t("Keep mine")}</button>
  </footer>`;
}

/**
 * @param {import("../api/outbox/merge.js").Merged} merged
 * @returns {Side}
 */
function mergedSide({ body }) {
  return { words: t("Both"), by: t("merged"), label: body.label, rle: body.segmentation };
}

/** @param {import("../api/outbox/merge.js").Merged} merged */
function mergeWords({ disputed, labelled }) {
  const pixels =
    disputed === 0
      ? t("Your changes and theirs do not touch: merged, the object has both.")
      : t(
          "Where the two changes touch, yours stand: {what} of theirs would be left out of the merged one.",
          { what: counted(disputed, "pixel") },
        );
  return labelled ? t("{pixels} Both chose a label; yours stands.", { pixels }) : pixels;
}

/**
 * @param {View} view
 * @param {OutboxRow} row
 * @returns {Scene}
 */
function sceneOf({ facts }, { image, body, current }) {
  const versions = [body?.segmentation ?? null, current?.segmentation ?? null];
  const size = versions.find((rle) => rle !== null)?.size ?? [1, 1];
  const file = facts.image?.id === image ? pictureOf(facts.image) : "";
  return { frame: frameAround(versions, size).join(" "), size, file };
}

/** @param {import("../api/wire.js").WireImage} image a large one would take seconds to decode */
function pictureOf({ file, preview, tiles }) {
  const { pathname } = new URL(tiles ? preview : file, location.href);
  return tiles ? `${pathname}?size=2048` : pathname;
}

/**
 * @param {Side} side
 * @param {readonly Label[]} labels
 * @param {Scene} scene
 */
function sideCard({ words, by, label, rle }, labels, { frame, size, file }) {
  const known = labels.find((one) => one.id === label);
  const color = known?.color ?? UNLABELLED;
  const picture = svg`<image href=${file} width=${size[1]} height=${size[0]}
    preserveAspectRatio="none"></image>`;
  const mask = rle
    ? svg`<path d=${pathOf(rle)} fill=${color} fill-opacity="0.5" fill-rule="evenodd"
      stroke=${color} stroke-width="2" vector-effect="non-scaling-stroke"></path>`
    : nothing;
  return html`<section class="side-card">
    <h3>${words} <span class="muted small">${by}</span></h3>
    <svg viewBox=${frame} preserveAspectRatio="xMidYMid meet"
      aria-hidden="true">${file ? picture : nothing}${mask}</svg>
    <p>${rle ? `${known?.name ?? t("no label")} · ${number(area(rle))} px` : t("deleted")}</p>
  </section>`;
}

/** @param {Rle} rle */
function pathOf(rle) {
  return outline(rle)
    .map((ring) => `M${ringPoints(ring).join("L")}Z`)
    .join("");
}

/** @param {ReturnType<typeof outline>[number]} ring */
function ringPoints(ring) {
  const points = [];
  for (let i = 0; i + 1 < ring.length; i += 2) points.push(`${ring[i]} ${ring[i + 1]}`);
  return points;
}
