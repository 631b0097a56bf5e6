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
    const document = createDocument({
      image: { id: image.id, width: image.width, height: image.height },
      labels: project.labels,
      objects: objectsOf(annotations, overlay(ports.outbox.rowsOf(image.id))),
      panoptic: project.panoptic,
    });
    const revisions = [
      ...ports.past.revisions,
      ...annotations.map(({ id, revision }) => /** @type {const} */ ([id, revision])),
    ];
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
   * A change was given up: show what the server holds instead.
   * @param {string} id
   * @param {readonly WireAnnotation[]} annotations as the server lists them now
   */
  restore(id, annotations) {
    const annotation = annotations.find((one) => one.id === id);
    if (annotation) this.adopt(annotation);
    else this.#drop(id);
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
