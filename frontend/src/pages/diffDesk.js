/**
 * Compares the masks on the picture with what they were: as a model suggested them, or at a moment
 * of the history. What they are compared with is fetched once; while people draw, the difference
 * follows.
 */

import { ApiProblem } from "../api/client.js";
import { fetchHistory, fetchMoment, fetchRevision } from "../api/histories.js";
import { maskDiff, masksOnPicture } from "../model/maskDiff.js";
import { t } from "../texts.js";
import { wordsOf } from "./trouble.js";

/**
 * @typedef {import("../api/histories.js").WireMoment} WireMoment
 * @typedef {import("../api/wire.js").WireAnnotation} WireAnnotation
 * @typedef {import("../api/client.js").Client} Client
 * @typedef {import("../model/maskDiff.js").Masks} Masks
 * @typedef {import("../panels/view.js").DiffFacts} DiffFacts
 */
/** @typedef {{masks: Masks, model: string} | {empty: string}} Before */

const SETTLE_MS = 120; // a change of the masks, or of what is selected, has come to rest
const PAGE = 200; // rows of a history without masks
const NOT_FOUND = 404;
const NOT_SAVED = t(
  "This object has not reached the server yet: there is nothing to compare it with.",
);
const DRAWN = t("This object has no pre-label: no model suggested it.");
const NEVER = t("This image was never pre-labelled. Choose a moment in its history instead.");

export class DiffDesk {
  #desk;
  #parts;
  #asked = 0;
  /** @type {Masks | null} */
  #then = null;
  /** @type {unknown} what the difference was made of */
  #objects = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {import("./desk.js").Desk} desk
   * @param {Pick<import("./desk.js").DeskParts, "client" | "board">} parts
   */
  constructor(desk, parts) {
    this.#desk = desk;
    this.#parts = parts;
    desk.onState(() => this.#follow());
    parts.board.subscribe((facts, former) => {
      if (facts.image?.id === former.image?.id || !facts.diff) return;
      if (facts.diff.moment) this.close();
      else void this.withPrelabel();
    });
  }

  toggle() {
    if (this.#parts.board.facts.diff) this.close();
    else void this.withPrelabel();
  }

  close() {
    this.#asked += 1;
    this.#then = null;
    this.#parts.board.show({ diff: null });
    this.#desk.store?.update({ diff: null });
  }

  /** The selected object against its pre-label, or all of the image. */
  async withPrelabel() {
    const of = this.#desk.state?.session.selection.at(-1) ?? null;
    await this.#begin({ of, moment: null }, (client, image) =>
      of === null ? prelabelOfImage(client, image) : prelabelOf(client, image, of),
    );
  }

  /**
   * @param {WireMoment} moment
   * @param {string | null} of the moment's object, null: all of the image
   */
  async withMoment(moment, of) {
    this.#desk.store?.update({ marks: [] }); // the earlier mask that the history shows
    await this.#begin({ of, moment }, async (client, image) => {
      const was =
        of === null
          ? await fetchMoment(client, image, moment.id)
          : [await fetchRevision(client, image, of, moment.revision)];
      return { masks: masksOf(was), model: "" };
    });
  }

  /**
   * @param {{of: string | null, moment: WireMoment | null}} what
   * @param {(client: Client, image: number) => Promise<Before>} find
   */
  async #begin(what, find) {
    const { board, client } = this.#parts;
    const image = this.#desk.room?.image.id;
    if (image === undefined) return;
    this.#asked += 1;
    const asked = this.#asked;
    this.#then = null;
    this.#desk.store?.update({ diff: null });
    /** @type {DiffFacts} */
    const facts = { ...what, loading: true, words: "", model: "", counts: null };
    board.show({ diff: facts });
    try {
      const before = await find(client, image);
      if (asked !== this.#asked) return;
      if ("empty" in before)
        board.show({ diff: { ...facts, loading: false, words: before.empty } });
      else {
        this.#then = before.masks;
        board.show({ diff: { ...facts, loading: false, model: before.model } });
        this.#compare();
      }
    } catch (error) {
      const isNew = error instanceof ApiProblem && error.status === NOT_FOUND && what.of !== null;
      const words = isNew ? NOT_SAVED : wordsOf(error);
      if (asked === this.#asked) board.show({ diff: { ...facts, loading: false, words } });
    }
  }

  /** What is drawn changed, or what is selected: the difference is another one. */
  #follow() {
    const { diff } = this.#parts.board.facts;
    const state = this.#desk.state;
    if (!diff || !state) return;
    const selected = state.session.selection.at(-1) ?? null;
    const isElsewhere = diff.moment === null && selected !== diff.of;
    if (!isElsewhere && state.document.objects === this.#objects) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#catchUp(), SETTLE_MS);
  }

  #catchUp() {
    const { diff } = this.#parts.board.facts;
    if (!diff) return;
    const selected = this.#desk.state?.session.selection.at(-1) ?? null;
    if (diff.moment === null && selected !== diff.of) void this.withPrelabel();
    else this.#compare();
  }

  #compare() {
    const { board } = this.#parts;
    const { diff } = board.facts;
    const { store } = this.#desk;
    if (!diff || !store) return;
    const { objects } = store.state.document;
    this.#objects = objects;
    if (!this.#then) return;
    const { masks, counts } = maskDiff(this.#then, masksOnPicture(objects.values(), diff.of));
    board.show({ diff: { ...diff, counts } });
    store.update({ diff: masks });
  }
}

/**
 * An object's first state, if a model said it.
 * @param {Client} client
 * @param {number} image
 * @param {string} of
 * @returns {Promise<Before>}
 */
async function prelabelOf(client, image, of) {
  const first = await fetchRevision(client, image, of, 1);
  const isModels = first.source === "model" || first.state === "suggested";
  if (!isModels) return { empty: DRAWN };
  return { masks: new Map([[of, first.segmentation]]), model: first.model ?? "" };
}

/**
 * The image as it was right after a model last went over it.
 * @param {Client} client
 * @param {number} image
 * @returns {Promise<Before>}
 */
async function prelabelOfImage(client, image) {
  /** @type {string | null} */
  let next = null;
  do {
    const page = await fetchHistory(client, image, { next, limit: PAGE });
    const found = page.results.find(({ cause }) => cause === "prelabel");
    if (found) {
      return { masks: masksOf(await fetchMoment(client, image, found.id)), model: found.model };
    }
    next = page.next;
  } while (next);
  return { empty: NEVER };
}

/** @param {readonly WireAnnotation[]} annotations */
function masksOf(annotations) {
  const there = annotations.filter(({ state }) => state !== "deleted");
  return masksOnPicture(
    there.map(({ id, segmentation, state }) => ({ id, rle: segmentation, state })),
    null,
  );
}
