/**
 * The canvas of the editor, three layers over each other: image, masks, what is being worked on.
 *
 *   const canvas = createCanvas(root, store, { onReady });
 *   canvas.setImage(bitmap);   // an HTMLImageElement or ImageBitmap of the image's own size, or
 *                              // the pyramid of a large one
 *   attachStage(canvas.element, store, services);
 *   canvas.destroy();
 *
 * root is an empty positioned element that gives the canvas its size. onReady is called once, after
 * the image and the masks of that moment have been painted. The canvas draws itself from the
 * store's state and keeps session.stage (its size) up to date; the first image is fitted. Masks
 * are at the size of document.image, whatever the bitmap's.
 */
import { fitImage } from "../geometry/viewport.js";
import { Frames } from "./frames.js";
import { Levels } from "./levels.js";
import { MasksLayer } from "./masksLayer.js";
import { Minimap } from "./minimap.js";
import { PictureFilter } from "./pictureFilter.js";
import { Pyramid } from "./pyramid.js";
import { clear, createSurface, enterImage, resize } from "./surface.js";
import { TopLayer } from "./topLayer.js";

/** @typedef {import("../model/store.js").EditorStore} EditorStore */
/** @typedef {import("../types.js").EditorState} EditorState */
/** @typedef {import("../types.js").Session} Session */
/** @typedef {import("./frames.js").LayerName} LayerName */
/** @typedef {import("./surface.js").Surface} Surface */

const SMOOTH_UP_TO = 2; // 200 %: beyond, a pixel is shown as a pixel
const ANIMATION_MS = 50;
const REST_MS = 120; // without a change of the view: it has arrived
const FADED = "0.5"; // the masks around a suggestion pointed at, or a preview

/** @type {readonly LayerName[]} */
const ALL = ["image", "masks", "top"];
/** @type {readonly (keyof Session)[]} */
const SEEN_IN_MASKS = [
  "selection",
  "masksVisible",
  "outlineOnly",
  "opacity",
  "heat",
  "heatSignal",
  "patterns",
  "hidden",
  "locked",
];
/** @type {readonly (keyof Session)[]} */
const SEEN_IN_TOP = [
  "diff",
  "voidShown",
  "gridShown",
  "minimapShown",
  "overlay",
  "hover",
  "keyCursor",
  "tool",
];

/**
 * @param {HTMLElement} root
 * @param {EditorStore} store
 * @param {{onReady?: () => void}} [options]
 * @returns {Canvas}
 */
export function createCanvas(root, store, { onReady } = {}) {
  return new Canvas(root, store, onReady ?? (() => {}));
}

export class Canvas {
  #root;
  #store;
  #onReady;
  /** @type {Record<LayerName, Surface>} */
  #surfaces;
  #masks;
  #top;
  #frames;
  #filter;
  #minimap;
  /** @type {CanvasImageSource | Pyramid | null} */
  #picture = null;
  #levels = new Levels({ width: 1, height: 1 });
  #isReady = false;
  #isFitted = false;
  #density = 1;
  #movedAt = Number.NEGATIVE_INFINITY;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #rest;
  /** @type {(() => void)[]} */
  #endings;

  /**
   * @param {HTMLElement} root
   * @param {EditorStore} store
   * @param {() => void} onReady
   */
  constructor(root, store, onReady) {
    this.#root = root;
    this.#store = store;
    this.#onReady = onReady;
    root.style.backgroundColor = "var(--surround)";
    this.#surfaces = { image: layerIn(root), masks: layerIn(root), top: layerIn(root) };
    this.#minimap = new Minimap(root);
    this.#filter = new PictureFilter(root, [this.#surfaces.image.canvas, this.#minimap.canvas]);
    this.#filter.show(store.state.session.picture);
    const calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.#masks = new MasksLayer(this.#surfaces.masks, store.state.document.image);
    this.#top = new TopLayer(this.#surfaces.top, () => calm.matches);
    this.#frames = new Frames((dirty, time) => this.#draw(dirty, time));
    const observer = new ResizeObserver(() => this.#measure());
    observer.observe(root);
    this.#endings = [
      () => observer.disconnect(),
      () => clearTimeout(this.#rest),
      store.subscribe((state, previous) => {
        if (state.session.view !== previous.session.view) this.#movedAt = performance.now();
        this.#filter.show(state.session.picture);
        this.#frames.request(touched(state, previous));
      }),
    ];
    this.#measure();
  }

  /** @returns {HTMLElement} to which a stage is attached: the root, so that its focus ring shows */
  get element() {
    return this.#root;
  }

  /** @returns {HTMLElement} the small picture of the whole, to which a hand is attached */
  get minimap() {
    return this.#minimap.element;
  }

  /** @param {CanvasImageSource | Pyramid} picture */
  setImage(picture) {
    this.#picture = picture;
    this.#levels = new Levels(this.#store.state.document.image);
    this.#minimap.invalidate();
    if (picture instanceof Pyramid) picture.onTile(() => this.#frames.request(["image"]));
    this.#fitOnce();
    this.#frames.request(ALL);
  }

  destroy() {
    for (const end of this.#endings) end();
    this.#frames.stop();
    this.#filter.remove();
    this.#minimap.element.remove();
    for (const { canvas } of Object.values(this.#surfaces)) canvas.remove();
  }

  #measure() {
    const { width, height } = this.#root.getBoundingClientRect();
    this.#store.update({ stage: Object.freeze({ width, height }) });
    this.#fitOnce();
    this.#frames.request(ALL);
  }

  #fitOnce() {
    const { document, session } = this.#store.state;
    if (this.#isFitted || !this.#picture || session.stage.width === 0) return;
    this.#isFitted = true;
    this.#store.update({ view: fitImage(document.image, session.stage) });
    this.#movedAt = Number.NEGATIVE_INFINITY; // nobody moves it
  }

  /**
   * @param {ReadonlySet<LayerName>} dirty
   * @param {number} time
   */
  #draw(dirty, time) {
    const state = this.#store.state;
    const layers = this.#fitSurfaces(state.session) ? new Set(ALL) : dirty;
    if (layers.has("image")) this.#drawPicture(state);
    this.#fadeOthers(state);
    if (layers.has("masks")) this.#drawMasks(state);
    if (layers.has("top")) this.#drawTop(state, time);
    if (this.#isReady || !this.#isFitted) return;
    this.#isReady = true;
    this.#onReady();
  }

  get #isMoving() {
    return performance.now() - this.#movedAt < REST_MS;
  }

  /**
   * @param {EditorState} state
   * @param {number} time
   */
  #drawTop(state, time) {
    const isMoving = this.#isMoving;
    const isAnimated = this.#top.draw(state, this.#density, time, isMoving);
    if (isAnimated) this.#frames.requestLater(["top"], ANIMATION_MS);
    if (isMoving) this.#drawAtRest();
    this.#minimap.draw(state, this.#picture, this.#density);
  }

  #drawAtRest() {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#frames.request(["masks", "top"]), REST_MS);
  }

  /** @param {EditorState} state */
  #drawMasks(state) {
    const moves = this.#isMoving;
    const draws = state.session.overlay.some(({ kind }) => kind === "stroke");
    const pace = moves ? "moves" : draws ? "draws" : "rests";
    const progress = this.#masks.draw(state, this.#density, pace);
    if (progress === "begun") this.#frames.request(["masks"]);
    if (progress === "rough") this.#drawAtRest();
  }

  /**
   * Suggestions overlap: the one that is pointed at, or the preview of a new one, is seen only if
   * the others step back. The browser does it without a mask being drawn again.
   * @param {EditorState} state
   */
  #fadeOthers({ document, session }) {
    const pointed = document.objects.get(session.hover ?? "");
    const { style } = this.#surfaces.masks.canvas;
    const isPreviewed = session.overlay.some(
      (shape) => shape.kind === "ghost" || (shape.kind === "preview" && shape.choices > 0),
    );
    if (session.diff)
      style.opacity = "0"; // their difference is seen instead
    else style.opacity = isPreviewed || pointed?.state === "suggested" ? FADED : "1";
  }

  /**
   * @param {Session} session
   * @returns {boolean} whether a size changed, which empties every layer
   */
  #fitSurfaces({ stage }) {
    const density = devicePixelRatio;
    const [width, height] = [Math.round(stage.width * density), Math.round(stage.height * density)];
    const { canvas } = this.#surfaces.image;
    if (canvas.width === width && canvas.height === height && density === this.#density)
      return false;
    this.#density = density;
    for (const surface of Object.values(this.#surfaces)) resize(surface, width, height);
    this.#minimap.invalidate();
    this.#masks.invalidate();
    return true;
  }

  /** @param {EditorState} state */
  #drawPicture({ document, session }) {
    const surface = this.#surfaces.image;
    clear(surface);
    if (!this.#picture) return;
    const { context } = surface;
    context.imageSmoothingEnabled = session.view.scale <= SMOOTH_UP_TO;
    if (this.#picture instanceof Pyramid) {
      this.#picture.draw(context, session.view, this.#density);
      return;
    }
    enterImage(context, session.view, this.#density);
    const { width, height } = document.image;
    const scale = session.view.scale * this.#density;
    this.#levels.draw(context, this.#picture, [0, 0, width, height], scale);
  }
}

/**
 * Which layers show what differs between two states.
 * @param {EditorState} state
 * @param {EditorState} previous
 * @returns {readonly LayerName[]}
 */
function touched(state, previous) {
  const { session: now } = state;
  const { session: then } = previous;
  if (now.view !== then.view || now.stage !== then.stage) return ALL;
  const inMasks =
    state.document !== previous.document || SEEN_IN_MASKS.some((name) => now[name] !== then[name]);
  if (inMasks) return ["masks", "top"];
  const inTop = SEEN_IN_TOP.some((name) => now[name] !== then[name]);
  return inTop ? ["top"] : [];
}

/** @param {HTMLElement} root */
function layerIn(root) {
  const surface = createSurface(1, 1);
  const { style } = surface.canvas;
  style.position = "absolute";
  style.inset = "0";
  style.width = "100%";
  style.height = "100%";
  root.append(surface.canvas);
  return surface;
}
