/** Comment pins over the picture; they stay where they point while it moves. */

import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { toScreen } from "../geometry/viewport.js";
import { t } from "../texts.js";
import { shownThreads } from "./threads.js";

/** @typedef {import("./view.js").View} View */

/** @type {import("./view.js").Panel} */
export const pins = {
  inputs: ({ state, facts }) => [
    state?.session.view,
    facts.talk.threads,
    facts.talk.open,
    facts.talk.draft,
    facts.talk.withResolved,
  ],
  template: ({ facts, deeds }) => {
    const { talk } = facts;
    return html`${repeat(
      shownThreads(talk),
      ({ thread }) => thread.id,
      ({ thread, number }) => html`<button type="button" data-x=${thread.x} data-y=${thread.y}
        class="pin ${thread.resolved_at ? "resolved" : ""}" aria-pressed=${talk.open === thread.id}
        aria-label=${t("Comment {number}: {text}", { number, text: thread.text })} title=${thread.text}
        @click=${() => deeds.talk.open(thread.id)}>${number}</button>`,
    )}${
      talk.draft
        ? html`<span class="pin draft" data-x=${talk.draft.x} data-y=${talk.draft.y} aria-hidden="true">+</span>`
        : nothing
    }`;
  },
  after: (host, { state }) => {
    const view = state?.session.view;
    if (!view) return;
    for (const pin of /** @type {NodeListOf<HTMLElement>} */ (host.querySelectorAll(".pin"))) {
      const place = toScreen(view, { x: Number(pin.dataset.x), y: Number(pin.dataset.y) });
      pin.style.transform = `translate(${place.x}px, ${place.y}px)`;
    }
  },
};
