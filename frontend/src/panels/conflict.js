/** Mine, theirs or both: two persons changed one object, and nothing goes without a click. */

import { html, nothing, svg } from "../../vendor/lit-html/lit-html.js";
import { outline } from "../geometry/contour.js";
import { area } from "../geometry/rle.js";
import { UNLABELLED } from "../model/colors.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./view.js").OutboxRow} OutboxRow */
/** @typedef {import("./view.js").Label} Label */
/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {{words: string, by: string, label: number | null, rle: Rle | null}} Side */

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
  const frame = frameOf(state, row);
  return html`<div class="dialog-body">
    <p>While you worked on it, the server took another change. The other one stays in the object's history whatever you choose.</p>
    <div class="sides">${sideCard(mine, labels, frame)}${sideCard(theirs, labels, frame)}</div>
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
 * @param {import("../types.js").EditorState | null} state
 * @param {OutboxRow} row
 */
function frameOf(state, row) {
  const size = row.body?.segmentation.size ?? row.current?.segmentation?.size;
  const { width, height } = state?.document.image ?? {
    width: size?.[1] ?? 1,
    height: size?.[0] ?? 1,
  };
  return `0 0 ${width} ${height}`;
}

/**
 * @param {Side} side
 * @param {readonly Label[]} labels
 * @param {string} frame viewBox of the image
 */
function sideCard({ words, by, label, rle }, labels, frame) {
  const known = labels.find((one) => one.id === label);
  return html`<section class="side-card">
    <h3>${words} <span class="muted small">${by}</span></h3>
    <svg viewBox=${frame} preserveAspectRatio="xMidYMid meet" aria-hidden="true">${
      rle
        ? svg`<path
      d=${pathOf(rle)} fill=${known?.color ?? UNLABELLED}
      fill-rule="evenodd"></path>`
        : nothing
    }</svg>
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
