/**
 * One image, open: its store, canvas and stage, and the wire between the store and the outbox.
 * What is unsent
 * lies over what the server says, so that a reload shows what the person left.
 */

import { overlay } from "../api/outbox/rows.js";
import { bodyFromObject, objectFromWire } from "../api/wire.js";
import { adoptObject } from "../model/actions/adoptObject.js";
import { deleteObject } from "../model/actions/deleteObject.js";
import { createDocument } from "../model/document.js";
import { EffortMeter, shareEffort } from "../model/effort.js";
import { createCanvas } from "../render/canvas.js";
import { readPixels } from "../render/pixels.js";
import { t } from "../texts.js";
import { watchActivity } from "../tools/activity.js";
import { ringOnTab } from "../tools/focusRing.js";
import { attachMinimap } from "../tools/minimapHand.js";
import { Bench } from "../tools/pixels/bench.js";
import { attachStage } from "../tools/stage.js";
import { GuardedStore } from "./guardedStore.js";

/**
 * @typedef {import("../api/outbox/outbox.js").Outbox} Outbox
 * @typedef {import("../api/outbox/rows.js").OutboxRow} OutboxRow
 * @typedef {import("../api/wire.js").WireAnnotation} WireAnnotation
 * @typedef {import("../api/wire.js").WireProject} WireProject
 * @typedef {import("../types.js").MaskObject} MaskObject
 * @typedef {import("../types.js").Session} Session
 * @typedef {import("./imageLoader.js").ImageParts} ImageParts
 */

/**
 * @typedef {Object} RoomPorts
 * @property {Outbox} outbox
 * @property {Omit<import("../types.js").Services, "pixels">} services
 * @property {() => boolean} refuses
 * @property {() => void} onReady image and masks are painted
 * @property {() => void} onEdit a person changed something
 * @property {import("./undoShelf.js").Past} past
 */

/** What a person keeps in hand from image to image. */
const CARRIED = /** @type {const} */ ([
  "tool",
  "drawingTool",
  "label",
  "brushSize",
  "brushShape",
  "outlineOnly",
  "opacity",
  "picture",
  "gridShown",
  "minimapShown",
  "rulersShown",
  "heat",
  "heatSignal",
  "patterns",
  "wheel",
  "masksVisible",
  "overlap",
  "voidShown",
  "options",
]);

export class ImageRoom {
  #ports;
  #host;
  #canvas;
  #effort = new EffortMeter(() => performance.now());
  #endings;
  /** @type {Map<string, number>} */
  #covered;

  /**
   * @param {HTMLElement} place
   * @param {ImageParts} parts
   * @param {WireProject} project
   * @param {Partial<Session>} session
   * @param {RoomPorts} ports
   */
  constructor(place, { image, annotations, picture }, project, session, ports) {
    this.image = image;
    this.#ports = ports;
    const unsent = ports.outbox.rowsOf(image.id);
    const document = createDocument({
      image: { id: image.id, width: image.width, height: image.height },
      labels: project.labels,
      objects: objectsOf(annotations, overlay(unsent)),
      panoptic: project.panoptic,
    });
    this.#covered = coveredRevisions(annotations, unsent);
    const revisions = shownRevisions([...ports.past.revisions, ...listed(annotations)], unsent);
    const history = ports.past.lead(document);
    this.store = new GuardedStore({ document, history, revisions, session }, ports.refuses);
    this.#host = globalThis.document.createElement("div");
    this.#host.className = "stage-canvas";
    // Screen readers then leave the arrows to the keyboard cursor.
    this.#host.setAttribute("role", "application");
    this.#host.setAttribute("aria-label", t("Canvas"));
    place.append(this.#host);
    this.#canvas = createCanvas(this.#host, this.store, { onReady: ports.onReady });
    this.pixels = new Bench({
      store: this.store,
      read: (frame) => readPixels(picture, image, frame),
    });
    const services = {
      ...ports.services,
      pixels: this.pixels,
      predict: (/** @type {import("../types.js").Prompt} */ prompt) => {
        this.#effort.count("prompts");
        return ports.services.predict(prompt);
      },
    };
    this.stage = attachStage(this.#canvas.element, this.store, services, this.#effort);
    this.#canvas.setImage(picture);
    this.#endings = [
      attachMinimap(this.#canvas.minimap, this.store),
      ports.past.follow(this.store),
      ringOnTab(this.#host, globalThis.document),
      watchActivity(globalThis.document, this.#effort),
      this.store.onChanges((set) => set.origin === "local" && this.#record(set)),
      ports.outbox.onSaved(
        (id, object, revision) => id === image.id && this.store.acknowledge(object, revision),
      ),
    ];
  }

  /** @returns {Partial<Session>} */
  carried() {
    const { session } = this.store.state;
    return Object.fromEntries(CARRIED.map((name) => [name, session[name]]));
  }

  /** The keys are the tool's again. */
  focus() {
    this.#host.focus({ preventScroll: true });
  }

  get hasKeyCursor() {
    return this.store.state.session.keyCursor !== null;
  }

  toggleKeyCursor() {
    this.stage.toggleKeyCursor();
    return true;
  }

  /** Tab is the page's again. */
  release() {
    this.#host.blur();
  }

  hasFocus() {
    return this.#host === document.activeElement;
  }

  /**
   * Show an object as the server holds it.
   * @param {WireAnnotation} annotation
   */
  adopt(annotation) {
    this.store.acknowledge(annotation.id, annotation.revision);
    if (annotation.state === "deleted") this.#drop(annotation.id);
    else this.store.dispatch(adoptObject(objectFromWire(annotation)), { origin: "remote" });
  }

  /**
   * Show an object that lies in the outbox already.
   * @param {MaskObject} object
   */
  place(object) {
    this.store.dispatch(adoptObject(object), { origin: "remote" });
  }

  /**
   * Whether somebody has, or may have, changed or deleted an object after the change that is
   * acknowledged only now: what the server had listed lay hidden under that change.
   * @param {string} id
   * @param {number} revision of the change
   */
  isOvertaken(id, revision) {
    const covered = this.#covered.get(id) ?? 0;
    this.#covered.delete(id);
    return covered > revision;
  }

  /**
   * Whether a gesture or a refinement is under way that was begun on the object as it is shown.
   * @param {string} id
   */
  isInHand(id) {
    return this.stage.isActive || this.store.state.session.refines === id;
  }

  /**
   * Show what the server holds, unless the object has been changed meanwhile: the answer to that
   * decides.
   * @param {string} id
   * @param {readonly WireAnnotation[]} annotations as the server lists them now
   * @returns {boolean} whether it is shown
   */
  restore(id, annotations) {
    if (this.#ports.outbox.rowsOf(this.image.id).some((row) => row.id === id)) return false;
    const annotation = annotations.find((one) => one.id === id);
    if (annotation) this.adopt(annotation);
    else this.#drop(id);
    return true;
  }

  leave() {
    for (const end of this.#endings) end();
    this.stage.detach();
    this.pixels.close();
    this.#host.inert = true;
  }

  /** Take the picture away, once the next one stands. */
  remove() {
    this.#canvas.destroy();
    this.#host.remove();
  }

  /** @param {string} id */
  #drop(id) {
    this.store.dispatch(deleteObject({ ids: [id] }), { origin: "remote" });
  }

  /** @param {import("../types.js").ChangeSet} set */
  #record({ changes, cause }) {
    const { selection } = this.store.state.session;
    const efforts = shareEffort(this.#effort.take(), changes, selection);
    const edits = changes.map(({ id, after }) => ({
      id,
      op: after ? /** @type {const} */ ("put") : /** @type {const} */ ("delete"),
      base_revision: this.store.revisionOf(id),
      body: after ? bodyFromObject(after) : null,
      effort: efforts.get(id),
      cause,
    }));
    void this.#ports.outbox.record(this.image.id, edits);
    this.#ports.onEdit();
  }
}

/**
 * @param {readonly WireAnnotation[]} annotations
 * @param {ReadonlyMap<string, import("../api/wire.js").WireBody | null>} unsent
 * @returns {Readonly<MaskObject>[]}
 */
export function objectsOf(annotations, unsent) {
  const objects = new Map();
  for (const annotation of annotations) {
    if (annotation.state !== "deleted") objects.set(annotation.id, objectFromWire(annotation));
  }
  for (const [id, body] of unsent) {
    if (body) objects.set(id, objectFromWire({ ...body, id }));
    else objects.delete(id);
  }
  return [...objects.values()];
}

/**
 * @param {readonly WireAnnotation[]} annotations
 * @returns {(readonly [string, number])[]}
 */
function listed(annotations) {
  return annotations.map(({ id, revision }) => [id, revision]);
}

/**
 * The revision that each object is shown from, the base of what is drawn next. Of one with unsent
 * changes it is the one that they were made on, never a newer one: the pixels of that are not seen.
 * @param {Iterable<readonly [string, number]>} known what the server lists
 * @param {readonly OutboxRow[]} unsent oldest first
 */
export function shownRevisions(known, unsent) {
  const revisions = new Map(known);
  for (const { id, base_revision } of [...unsent].reverse()) {
    if (base_revision === null) revisions.delete(id);
    else revisions.set(id, base_revision);
  }
  return revisions;
}

/**
 * The revisions that lie hidden under unsent changes. An object that is not listed may be deleted,
 * if a change of it may have arrived earlier.
 * @param {readonly WireAnnotation[]} annotations
 * @param {readonly OutboxRow[]} unsent oldest first
 * @returns {Map<string, number>}
 */
function coveredRevisions(annotations, unsent) {
  const known = new Map(listed(annotations));
  const covered = new Map();
  for (const { id, attempted } of [...unsent].reverse())
    covered.set(id, known.get(id) ?? (attempted ? Number.POSITIVE_INFINITY : 0));
  return covered;
}
