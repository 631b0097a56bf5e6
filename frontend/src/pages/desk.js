/** The desk: which image lies on it, whether it may be changed, and how one gets to the next. */

import { fetchAnnotations, fetchImage, reopenImage, skipImage } from "../api/images.js";
import { sayTyped } from "../panels/typed.js";
import { t } from "../texts.js";
import { addressOf, readAddress } from "./address.js";
import { arrive } from "./arrival.js";
import { BrowserModel } from "./browserModel.js";
import { CoverageWatch } from "./coverageWatch.js";
import { ImageLoader, imagesFrom, likelyNext } from "./imageLoader.js";
import { ImageRoom } from "./imageRoom.js";
import { Lease } from "./lease.js";
import { permission } from "./permission.js";
import { createServices } from "./services.js";
import { submitSaved } from "./submission.js";
import { Surroundings, surroundingsFrom } from "./surroundings.js";
import { troubleOf, wordsOf } from "./trouble.js";

/**
 * @typedef {import("../api/client.js").Client} Client
 * @typedef {import("../api/outbox/outbox.js").Outbox} Outbox
 * @typedef {import("../api/wire.js").WireImage} WireImage
 * @typedef {import("../panels/toasts.js").Toasts} Toasts
 * @typedef {import("../panels/view.js").Ordering} Ordering
 * @typedef {import("./arrival.js").Arrival} Arrival
 * @typedef {import("./board.js").Board} Board
 */

/**
 * @typedef {Object} DeskParts
 * @property {HTMLElement} root carries data-image-id, data-ready and data-unsent for tools outside
 * @property {HTMLElement} place of the canvases
 * @property {Client} client
 * @property {Outbox} outbox
 * @property {Board} board
 * @property {Toasts} toasts
 * @property {import("./abilities.js").Abilities} abilities
 * @property {import("./undoShelf.js").UndoShelf} shelf
 * @property {Partial<import("../types.js").Session>} look how one sees the first image
 */

const TURN_MS = 3_000; // how often a tab that may only look asks whether it may write
const UNSEEN_MS = 500; // an image that stands for less was not looked at: a second press of a key
const UNTOUCHED = new Set(["new", "prelabelled", "sent_back"]);

export class Desk {
  #parts;
  #loader;
  #lease;
  /** @type {BrowserModel | null} */
  #browserModel = null;
  /** @type {ImageRoom | null} */
  room = null;
  /** @type {Set<() => void>} */
  #listeners = new Set();
  #visit = 0;
  #isSubmitting = false;
  /** @type {number | null} image of the last visit, open or on its way */
  #wanted = null;
  /** @type {ImageRoom[]} until the next is painted; a closure that kept one would keep all before */
  #left = [];
  /** @type {"previous" | "next"} in which a person went last, and will go on */
  #way = "next";
  #surroundings;
  #coverage;

  /** @param {DeskParts} parts */
  constructor(parts) {
    this.#parts = parts;
    const saves = (/** @type {number} */ id) => parts.outbox.saves(id);
    this.#loader = new ImageLoader(imagesFrom(parts.client), { saves });
    this.#coverage = new CoverageWatch(() => this.state?.document, parts.board);
    this.#surroundings = new Surroundings(surroundingsFrom(parts.client));
    const { outbox, root, board, toasts } = parts;
    this.#lease = new Lease(parts.client, (words) => toasts.say(words, "warn"));
    outbox.subscribe(() => {
      const status = outbox.status();
      root.dataset.unsent = String(status.unsent);
      board.show({ outbox: status });
      const asks = status.conflicts.length > 0 && board.facts.dialog === "unsent";
      if (asks) board.show({ dialog: "conflict" }); // whoever watches the saving can decide now
    });
    outbox.onSaved((image) => this.#noteSaved(image));
    outbox.onLost((image) => this.#noteLost(image));
    board.show({ outbox: outbox.status() });
  }

  get state() {
    return this.room?.store.state ?? null;
  }

  get store() {
    return this.room?.store ?? null;
  }

  get opened() {
    return this.room ? { store: this.room.store, image: this.room.image.id } : null;
  }

  /** @param {() => void} listener */
  onState(listener) {
    this.#listeners.add(listener);
  }

  /**
   * @param {number} id
   * @param {{push?: boolean, steal?: boolean, again?: boolean}} [options] push: a new entry of the
   *   browser's history
   */
  async open(id, { push = true, steal = false, again = false } = {}) {
    const { board, outbox, root, shelf } = this.#parts;
    if (!again && !board.facts.loading && this.room?.image.id === id) return;
    sayTyped();
    this.#visit += 1;
    this.#wanted = id;
    const visit = this.#visit;
    const isWanted = () => visit === this.#visit;
    root.dataset.ready = "false";
    this.#surroundings.headFor(id);
    board.show({
      loading: true,
      trouble: null,
      threshold: null,
      waiting: "",
      labelForm: null,
      tagProblem: "",
    });
    try {
      const isWriter = await outbox.open(id, { steal });
      const enter = (/** @type {Arrival} */ arrival) => {
        this.#enter(arrival);
        if (push) history.pushState(null, "", addressOf(id, board.facts.ordering));
      };
      const sources = { loader: this.#loader, outbox, shelf };
      if (!(await arrive(id, sources, { isWriter, isWanted, enter }))) this.#forsake(id);
    } catch (error) {
      if (isWanted()) this.#fail(id, error);
      else this.#forsake(id);
    }
  }

  /** @param {number} id to be opened soon */
  prepare(id) {
    void this.#loader.prefetchAll([id]);
  }

  /** The address changed by the browser's buttons. */
  async followAddress() {
    const { image, ordering } = readAddress(location);
    if (image === null) return;
    this.#parts.board.show({ ordering });
    await this.open(image, { push: false });
  }

  /** @param {"previous" | "next"} way */
  async step(way) {
    this.#way = way;
    const id = await this.#surroundings.step(way);
    if (id) await this.open(id);
    if (id !== null) return; // what nobody knows has been told
    const end = way === "next" ? t("This is the last image.") : t("This is the first image.");
    this.#parts.toasts.say(end);
  }

  /** @param {Ordering} ordering */
  async order(ordering) {
    this.#parts.board.show({ ordering });
    this.#surroundings.forget();
    if (this.room) history.replaceState(null, "", addressOf(this.room.image.id, ordering));
    await this.#lookAround();
  }

  /** Everything saved first, then submitted, then the next image; once, however quickly it is said. */
  async submit() {
    const { room } = this;
    if (!room || this.#parts.board.facts.readOnly || this.#isSubmitting) return;
    sayTyped();
    this.#isSubmitting = true;
    try {
      if (!(await submitSaved(this.#parts, room.image))) return;
      const next = await this.#surroundings.step("next");
      if (next) await this.open(next);
      else await this.open(room.image.id, { push: false, again: true });
    } finally {
      const release = () => {
        this.#isSubmitting = false;
      };
      setTimeout(release, this.room === room ? 0 : UNSEEN_MS);
    }
  }

  /** Leave the image for later. */
  async skip() {
    const image = this.room?.image;
    if (!image) return;
    try {
      await skipImage(this.#parts.client, image.id);
      await this.step("next");
    } catch (error) {
      this.#parts.toasts.say(wordsOf(error), "bad");
    }
  }

  async reopen() {
    const image = this.room?.image;
    if (!image) return;
    try {
      await reopenImage(this.#parts.client, image.id);
      await this.open(image.id, { push: false, again: true });
    } catch (error) {
      this.#parts.toasts.say(wordsOf(error), "bad");
    }
  }

  /** Write here what another tab has been writing. */
  async takeOver() {
    const id = this.room?.image.id;
    if (id) await this.open(id, { push: false, steal: true, again: true });
  }

  async retry() {
    const id = Number(this.#parts.root.dataset.imageId);
    await this.open(id, { push: false, again: true });
  }

  /**
   * A change was given up: show what the server holds instead.
   * @param {string} id
   */
  async restore(id) {
    const { room } = this;
    if (!room) return;
    try {
      room.restore(id, await fetchAnnotations(this.#parts.client, room.image.id));
    } catch (error) {
      const why = wordsOf(error);
      const words = t("Reload the page to see the server's state: {why}", { why });
      this.#parts.toasts.say(words, "warn");
    }
  }

  /** @param {Arrival} arrival */
  #enter({ parts, isWriter, backwards, past }) {
    const { board, outbox, root, place } = this.#parts;
    const former = this.room;
    const { project } = board.facts;
    if (!project) throw new Error("the project is not known yet");
    const hasKeyCursor = former?.hasKeyCursor ?? false;
    former?.leave();
    if (former) this.#left.push(former);
    if (former && former.image.id !== parts.image.id) outbox.leave(former.image.id);
    this.#browserModel ??= new BrowserModel(this.#parts.client, project.segmenter, {
      keeps: () => this.#parts.abilities.keepsFeatures(project.segmenter),
      viewOf: () => this.state?.session.view,
    });
    const browserModel = this.#browserModel;
    const session = former?.carried() ?? {
      ...this.#parts.look,
      label: board.facts.project?.labels[0]?.id ?? null,
    };
    const room = new ImageRoom(
      place,
      parts,
      { ...project, labels: former?.store.state.document.labels ?? project.labels },
      session,
      {
        outbox,
        past,
        services: createServices({
          ...this.#parts,
          image: parts.image,
          browserModel,
          segmenter: project.segmenter,
          open: () => this.opened,
        }),
        refuses: () => this.#refuses(),
        onEdit: () => void this.#lease.keep(parts.image.id),
        onReady: () => {
          if (this.room !== room) return;
          for (const left of this.#left.splice(0)) left.remove();
          root.dataset.ready = "true";
        },
      },
    );
    this.room = room;
    root.dataset.imageId = String(parts.image.id);
    document.title = `${parts.image.name} · Maskwright`;
    room.store.subscribe((state, previous) => {
      if (state.document !== previous.document) this.#coverage.plan();
      this.#announce();
    });
    board.show({
      loading: false,
      image: parts.image,
      backwards,
      coverage: null,
      ...permission(project.can, parts.image, isWriter),
    });
    room.focus();
    if (hasKeyCursor) room.toggleKeyCursor();
    this.#announce();
    this.#coverage.plan();
    if (!isWriter) this.#waitForTurn(parts.image.id, this.#visit);
    const visit = this.#visit;
    if (isWriter) void browserModel.prepare(parts.image, () => visit === this.#visit);
    void this.#lookAround();
  }

  #refuses() {
    const { board, toasts } = this.#parts;
    if (board.facts.readOnly) toasts.say(board.facts.readOnly, "warn");
    return board.facts.readOnly !== "";
  }

  /** Neighbours, filmstrip and the next images, after the picture stands. */
  async #lookAround() {
    const image = this.room?.image;
    if (!image) return;
    const visit = this.#visit;
    const { board } = this.#parts;
    const { ordering } = board.facts;
    const isWanted = () => visit === this.#visit && ordering === board.facts.ordering;
    try {
      const around = await this.#surroundings.look(image.id, ordering);
      if (!isWanted()) return;
      const { before, after, ...neighbours } = around;
      board.show({ neighbours, film: [...before, board.facts.image ?? image, ...after] });
      const likely = likelyNext(before, after, this.#way);
      await this.#loader.prefetchAll(likely.map(({ id }) => id));
      if (isWanted()) await this.#browserModel?.prefetch(likely);
    } catch (error) {
      this.#parts.toasts.say(t("Neighbouring images: {why}", { why: wordsOf(error) }), "warn");
    }
  }

  /** @param {number} id that a visit opened which was overtaken, maybe by one to the same image */
  #forsake(id) {
    if (this.room?.image.id !== id && this.#wanted !== id) this.#parts.outbox.leave(id);
  }

  /**
   * @param {number} id
   * @param {unknown} error
   */
  #fail(id, error) {
    this.#surroundings.settle();
    if (this.room?.image.id !== id) this.#parts.outbox.leave(id); // another tab may have more luck
    this.#parts.root.dataset.imageId = String(id);
    this.#parts.board.show({ loading: false, trouble: troubleOf(error) });
  }

  /**
   * @param {number} id
   * @param {number} visit
   */
  #waitForTurn(id, visit) {
    setTimeout(async () => {
      if (visit !== this.#visit) return;
      const isWriter = await this.#parts.outbox.open(id);
      if (visit !== this.#visit) this.#forsake(id);
      else if (isWriter) await this.open(id, { push: false, again: true });
      else this.#waitForTurn(id, visit);
    }, TURN_MS);
  }

  /** @param {number} image */
  #noteLost(image) {
    if (this.room?.image.id !== image) return;
    this.#parts.board.show({ elsewhere: true, readOnly: t("This image is open in another tab.") });
    this.#waitForTurn(image, this.#visit);
  }

  /**
   * The first change takes an image into work; its new state is the server's to say.
   * @param {number} image
   */
  #noteSaved(image) {
    const { board, client } = this.#parts;
    if (board.facts.image?.id !== image || !UNTOUCHED.has(board.facts.image.status)) return;
    this.#showImage({ ...board.facts.image, status: "in_progress" });
    fetchImage(client, image).then(
      (fresh) => board.facts.image?.id === image && this.#showImage(fresh),
      () => {}, // the next opening shows it
    );
  }

  /** @param {WireImage} image the open one, with newer facts */
  #showImage(image) {
    const { board } = this.#parts;
    const film = board.facts.film.map((one) => (one.id === image.id ? image : one));
    board.show({ image, film });
  }

  #announce() {
    for (const listener of this.#listeners) listener();
  }
}
