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
import { createCanvas } from "../render/canvas.js";
import { ringOnTab } from "../tools/focusRing.js";
import { attachStage } from "../tools/stage.js";
import { GuardedStore } from "./guardedStore.js";

/**
 * @typedef {import("../api/outbox/outbox.js").Outbox} Outbox
 * @typedef {import("../api/wire.js").WireAnnotation} WireAnnotation
 * @typedef {import("../api/wire.js").WireProject} WireProject
 * @typedef {import("../types.js").MaskObject} MaskObject
 * @typedef {import("../types.js").ObjectChange} ObjectChange
 * @typedef {import("../types.js").Session} Session
 * @typedef {import("./imageLoader.js").ImageParts} ImageParts
 */

/**
 * @typedef {Object} RoomPorts
 * @property {Outbox} outbox
 * @property {import("../types.js").Services} services
 * @property {() => boolean} refuses
 * @property {() => void} onReady image and masks are painted
 * @property {() => void} onEdit a person changed something
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
  "wheel",
  "masksVisible",
]);

export class ImageRoom {
  #ports;
  #host;
  #canvas;
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
    const revisions = annotations.map(({ id, revision }) => /** @type {const} */ ([id, revision]));
    this.store = new GuardedStore({ document, revisions, session }, ports.refuses);
    this.#host = globalThis.document.createElement("div");
    this.#host.className = "stage-canvas";
    place.append(this.#host);
    this.#canvas = createCanvas(this.#host, this.store, { onReady: ports.onReady });
    this.stage = attachStage(this.#canvas.element, this.store, ports.services);
    this.#canvas.setImage(picture);
    this.#endings = [
      ringOnTab(this.#host, globalThis.document),
      this.store.onChanges((set) => set.origin === "local" && this.#record(set.changes)),
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

  /** @param {readonly ObjectChange[]} changes */
  #record(changes) {
    const edits = changes.map(({ id, after }) => ({
      id,
      op: after ? /** @type {const} */ ("put") : /** @type {const} */ ("delete"),
      base_revision: this.store.revisionOf(id),
      body: after ? bodyFromObject(after) : null,
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
