/**
 * The neighbours of the image in the order of work, with their state and how unsure the model is.
 */

import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { inNextFrame } from "../render/frames.js";
import { STATUS_WORDS } from "./topBar.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./view.js").WireImage} WireImage */

const THUMBNAIL_PX = 144; // twice its place, for fine screens

/** @type {import("./view.js").Panel} */
export const film = {
  inputs: ({ facts }) => [facts.film, facts.image?.id, facts.image?.status, facts.filmOpen],
  template: ({ facts, deeds }) =>
    facts.filmOpen
      ? repeat(
          facts.film,
          (image) => image.id,
          (image) => frame(image, image.id === facts.image?.id, () => deeds.goTo(image.id)),
        )
      : nothing,
  after: (host) => {
    const current = host.querySelector('[aria-current="true"]');
    if (current) inNextFrame(() => bringIntoSight(host, current));
  },
};

/**
 * Not scrollIntoView: that also moves the place from which Tab goes on.
 * @param {HTMLElement} host
 * @param {Element} frame
 */
function bringIntoSight(host, frame) {
  const [place, room] = [frame.getBoundingClientRect(), host.getBoundingClientRect()];
  if (place.left < room.left) host.scrollLeft += place.left - room.left;
  else if (place.right > room.right) host.scrollLeft += place.right - room.right;
}

/**
 * @param {WireImage} image
 * @param {boolean} isCurrent
 * @param {() => void} open
 */
function frame(image, isCurrent, open) {
  const words = [image.name, STATUS_WORDS[image.status], image.priority_reason]
    .filter(Boolean)
    .join(" · ");
  return html`<button class="frame" type="button" title=${words} aria-label=${words}
    aria-current=${isCurrent} @click=${open}>
    <img src=${thumbnail(image)} alt="" width="72" height="72" loading="lazy" decoding="async">
    <span class="state ${image.status}"></span>
    <span class="number">${image.number}</span>
    <svg class="doubt" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true"><rect
      width=${Math.round(image.priority * 100)} height="3"></rect></svg>
  </button>`;
}

/** @param {WireImage} image */
function thumbnail({ preview }) {
  const url = new URL(preview, location.href);
  url.searchParams.set("size", String(THUMBNAIL_PX));
  return url.pathname + url.search;
}
