/** Mine, theirs or both: two persons changed one object, and nothing goes without a click. */

import { html, nothing, svg } from "../../vendor/lit-html/lit-html.js";
import { outline } from "../geometry/contour.js";
import { area } from "../geometry/rle.js";
import { UNLABELLED } from "../model/colors.js";
import { frameAround } from "./conflictFrame.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./view.js").OutboxRow} OutboxRow */
/** @typedef {import("./view.js").Label} Label */
/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {{words: string, by: string, label: number | null, rle: Rle | null}} Side */
/** @typedef {{frame: string, size: readonly [height: number, width: number], file: string}} Scene */

/** @param {View} view */
export function conflictBody({ state, facts, deeds }) {
  const row = facts.outbox.conflicts[0];
  if (!row?.current) return html`<div class="dialog-body"><p>No conflict is left.</p></div>`;
  const { current } = row;
  const labels = state?.document.labels ?? [];
  const isGone = current.state === "deleted";
  const mine = {
    words: "Mine",
    by: "not sent yet",
    label: row.body?.label ?? null,
    rle: row.body?.segmentation ?? null,
  };
  const theirs = {
    words: "Theirs",
    by: `by ${current.author ?? "somebody"}, saved`,
    label: current.label,
    rle: isGone ? null : current.segmentation,
  };
  const scene = sceneOf({ state, facts, deeds }, row);
  return html`<div class="dialog-body">
    <p>While you worked on it, the server took another change. The other one stays in the object's history whatever you choose.</p>
    <div class="sides">${sideCard(mine, labels, scene)}${sideCard(theirs, labels, scene)}</div>
    ${
      facts.outbox.conflicts.length > 1
        ? html`<p class="muted">${facts.outbox.conflicts.length - 1} more after this one.</p>`
        : nothing
    }
  </div>
  <footer class="dialog-foot">
    <button class="button" type="button"
      @click=${() => deeds.resolve(row, "theirs")}>Take theirs</button>
    ${
      mine.rle && theirs.rle
        ? html`<button class="button" type="button"
      @click=${() => deeds.resolve(row, "both")}>Keep both</button>`
        : nothing
    }
    <button class="button primary" type="button"
      @click=${() => deeds.resolve(row, "mine")}>Keep mine</button>
  </footer>`;
}

/**
 * @param {View} view
 * @param {OutboxRow} row
 * @returns {Scene}
 */
function sceneOf({ facts }, { image, body, current }) {
  const versions = [body?.segmentation ?? null, current?.segmentation ?? null];
  const size = versions.find((rle) => rle !== null)?.size ?? [1, 1];
  const file = facts.image?.id === image ? new URL(facts.image.file, location.href).pathname : "";
  return { frame: frameAround(versions, size).join(" "), size, file };
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
    <p>${rle ? `${known?.name ?? "no label"} · ${area(rle).toLocaleString("en")} px` : "deleted"}</p>
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
