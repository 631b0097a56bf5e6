/** Loads what was done to the open image, shows earlier masks on it, and leads back to them. */

import { fetchHistory, fetchMoment, fetchRevision } from "../api/histories.js";
import { fetchAnnotations } from "../api/images.js";
import { objectFromWire } from "../api/wire.js";
import { restoreObjects, statesOf } from "../model/actions/restoreObjects.js";
import { objectColor } from "../model/colors.js";
import { keepersOf } from "../model/overlap.js";
import { sameObject } from "../model/sameObject.js";
import { counted } from "../panels/wording.js";
import { t } from "../texts.js";

/**
 * @typedef {import("../api/histories.js").WireMoment} WireMoment
 * @typedef {import("../api/wire.js").WireAnnotation} WireAnnotation
 * @typedef {import("../types.js").MaskObject} MaskObject
 * @typedef {import("../panels/view.js").PastFacts} PastFacts
 * @typedef {import("./desk.js").Desk} Desk
 * @typedef {import("./desk.js").DeskParts} DeskParts
 * @typedef {Parameters<typeof restoreObjects>[0]} Restored
 */

const SETTLE_MS = 600; // several objects are saved one after the other

/** @type {PastFacts} */
export const NO_PAST_FACTS = {
  of: null,
  entries: [],
  next: null,
  loading: false,
  problem: "",
  shown: null,
};

export class PastDesk {
  #desk;
  #parts;
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {Desk} desk
   * @param {Pick<DeskParts, "client" | "board" | "outbox" | "toasts">} parts
   */
  constructor(desk, parts) {
    this.#desk = desk;
    this.#parts = parts;
    const { board, outbox } = parts;
    board.subscribe((facts, former) => {
      const isOther = facts.image?.id !== former.image?.id;
      if (isOther) board.show({ past: NO_PAST_FACTS });
      const isOpened = facts.sideTab === "history" && former.sideTab !== "history";
      if (former.sideTab === "history" && facts.sideTab !== "history") this.#unshow();
      if ((isOther || isOpened) && facts.sideTab === "history") void this.reload();
    });
    outbox.onSaved((image) => {
      if (image !== board.facts.image?.id || board.facts.sideTab !== "history") return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.reload(), SETTLE_MS);
    });
  }

  /** @param {string | null} of an object, or the whole image */
  async follow(of) {
    this.#unshow();
    this.#show({ ...NO_PAST_FACTS, of });
    await this.reload();
  }

  async reload() {
    const { of } = this.#past;
    await this.#load((client, image) => fetchHistory(client, image, { annotation: of }), []);
  }

  async more() {
    const { next, entries } = this.#past;
    if (next) await this.#load((client, image) => fetchHistory(client, image, { next }), entries);
  }

  /** @param {WireMoment | null} moment whose mask lies over the picture, null: none */
  async show(moment) {
    this.#unshow();
    const { store, room } = this.#desk;
    if (!moment || !store || !room) return;
    this.#show({ shown: moment.id });
    try {
      const { annotation, revision } = moment;
      const was = await fetchRevision(this.#parts.client, room.image.id, annotation, revision);
      if (this.#past.shown !== moment.id || was.state === "deleted") return;
      const object = objectFromWire(was);
      const color = objectColor(store.state.document, object);
      store.update({ marks: [{ kind: "preview", rle: object.rle, color, choices: 1 }] });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {WireMoment} moment */
  async restoreObject(moment) {
    await this.#restore(async (image, store) => {
      const { annotation, revision } = moment;
      const was = await fetchRevision(this.#parts.client, image, annotation, revision);
      const states = new Map([[annotation, objectOf(was)]]);
      const claims = { ids: [annotation], keepers: keepersOf(store.state) };
      return { states, words: t("Restore object"), claims };
    });
  }

  /** @param {WireMoment} moment */
  async restoreImage(moment) {
    await this.#restore(async (image, { state: { document } }) => {
      const then = await fetchMoment(this.#parts.client, image, moment.id);
      const earlier = new Map(
        then.flatMap((one) => {
          const object = objectOf(one);
          return object ? [/** @type {const} */ ([one.id, object])] : [];
        }),
      );
      // One step may change several objects, one revision each: after the first of them those that
      // gave it their pixels have them still.
      const claims = { ids: [moment.annotation] };
      return { states: statesOf(document, earlier), words: t("Restore image"), claims };
    });
  }

  get #past() {
    return this.#parts.board.facts.past;
  }

  /** @param {Partial<PastFacts>} facts */
  #show(facts) {
    this.#parts.board.show({ past: { ...this.#past, ...facts } });
  }

  #unshow() {
    this.#desk.store?.update({ marks: [] });
    if (this.#past.shown !== null) this.#show({ shown: null });
  }

  /**
   * @param {(client: import("../api/client.js").Client, image: number) => Promise<import("../api/histories.js").HistoryPage>} ask
   * @param {readonly WireMoment[]} before what the answer follows
   */
  async #load(ask, before) {
    const image = this.#parts.board.facts.image?.id;
    if (!image) return;
    this.#asked += 1;
    const asked = this.#asked;
    this.#show({ loading: true, problem: "" });
    try {
      const { results, next } = await ask(this.#parts.client, image);
      if (asked === this.#asked)
        this.#show({ entries: [...before, ...results], next, loading: false });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (asked === this.#asked) this.#show({ loading: false, problem });
    }
  }

  /**
   * As a step of one's own: it can be undone, and is saved as new revisions.
   * @param {(image: number, store: import("../model/store.js").EditorStore) => Promise<Restored>} find
   */
  async #restore(find) {
    const { store, room } = this.#desk;
    if (!store || !room) return;
    try {
      const now = await fetchAnnotations(this.#parts.client, room.image.id, { deleted: true });
      catchUp(room, now);
      const restored = await find(room.image.id, store);
      if (this.#desk.store !== store) return; // another image lies on the desk by now
      this.#unshow();
      const before = store.state.document;
      if (!store.dispatch(restoreObjects(restored))) {
        this.#parts.toasts.say(whyNot(before, restored.states));
        return;
      }
      const changed = changedCount(restored.states.keys(), before, store.state.document);
      this.#parts.toasts.say(
        t("{what} restored. Ctrl+Z takes it back.", { what: counted(changed, "object") }),
        "good",
      );
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#parts.toasts.say(error instanceof Error ? error.message : String(error), "bad");
  }
}

/** @param {WireAnnotation} annotation */
function objectOf(annotation) {
  return annotation.state === "deleted" ? null : objectFromWire(annotation);
}

/**
 * What others did since the image was opened comes first: the restoring is a step on top of it, also
 * of a deletion, which no list names. What is unsent or in hand stays; the server decides about it.
 * @param {import("./imageRoom.js").ImageRoom} room
 * @param {readonly WireAnnotation[]} now as the server has them, deleted ones too
 */
function catchUp(room, now) {
  for (const one of now)
    if (one.revision > (room.store.revisionOf(one.id) ?? 0) && !room.isInHand(one.id))
      room.restore(one.id, [one]);
}

/**
 * @param {Iterable<string>} ids of what was to be restored
 * @param {import("../types.js").EditorDocument} before
 * @param {import("../types.js").EditorDocument} after
 */
function changedCount(ids, before, after) {
  return [...ids].filter((id) => before.objects.get(id) !== after.objects.get(id)).length;
}

/**
 * @param {import("../types.js").EditorDocument} document
 * @param {ReadonlyMap<string, MaskObject | null>} states
 */
function whyNot({ objects }, states) {
  const isSo = [...states].every(([id, object]) => sameObject(objects.get(id) ?? null, object));
  return isSo ? t("That is how it is now.") : t("Other objects keep all of its pixels.");
}
