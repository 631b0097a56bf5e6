/**
 * A large picture as a deep-zoom pyramid: of its halvings the one is drawn that fits the zoom, tile
 * by tile as they come, with coarser ones in their places until then. Tiles looked at last are kept.
 */

/** @typedef {import("../types.js").Viewport} Viewport */
/** @typedef {import("../types.js").BoxXywh} BoxXywh */
/** @typedef {{readonly width: number, readonly height: number}} Size */
/** @typedef {{readonly level: number, readonly row: number, readonly column: number}} Place */
/** @typedef {(level: number, row: number, column: number) => Promise<ImageBitmap>} TileSource */

const KEPT_TILES = 160; // of 512 px: 160 MB
const AT_ONCE = 6;
const AGAIN_MS = 3_000;

export class Pyramid {
  #image;
  #size;
  #levels;
  #source;
  /** @type {Map<string, ImageBitmap>} the one drawn last comes last */
  #tiles = new Map();
  /** @type {Set<string>} */
  #asked = new Set();
  /** @type {Place[]} the one wanted most comes first */
  #wanted = [];
  /** @type {() => void} */
  #onTile = () => {};
  #inSight = 0; // tiles of the last picture: a large screen shows more of them than are kept else

  /**
   * @param {Size} image
   * @param {{readonly size: number, readonly levels: number}} tiles size: side of a tile
   * @param {TileSource} source
   */
  constructor(image, { size, levels }, source) {
    this.#image = image;
    this.#size = size;
    this.#levels = levels;
    this.#source = source;
  }

  /** @param {() => void} listener called when there is more to draw */
  onTile(listener) {
    this.#onTile = listener;
  }

  /** The one tile that shows all of the picture; there is always something to draw after it. */
  async whole() {
    const level = this.#levels - 1;
    this.#keep({ level, row: 0, column: 0 }, await this.#source(level, 0, 0));
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Viewport} view
   * @param {number} density device pixels in a CSS pixel
   */
  draw(context, view, density) {
    const { canvas } = context;
    const scale = view.scale * density;
    const level = this.levelAt(scale);
    const places = this.placesIn(level, [
      -view.x / view.scale,
      -view.y / view.scale,
      canvas.width / scale,
      canvas.height / scale,
    ]);
    this.#inSight = places.length;
    context.setTransform(1, 0, 0, 1, 0, 0);
    for (const place of places) this.#drawTile(context, place, view, density);
    this.#wanted = places.filter((place) => !this.#tiles.has(keyOf(place)));
    this.#ask();
  }

  /**
   * All of the picture, as rough as its coarsest tile.
   * @param {CanvasRenderingContext2D} context
   * @param {number} width device pixels
   * @param {number} height
   */
  drawWhole(context, width, height) {
    const level = this.#levels - 1;
    const tile = this.#tiles.get(keyOf({ level, row: 0, column: 0 }));
    if (!tile) return;
    const shrunk = 2 ** level;
    context.setTransform(1, 0, 0, 1, 0, 0);
    const [sw, sh] = [this.#image.width / shrunk, this.#image.height / shrunk];
    context.drawImage(tile, 0, 0, sw, sh, 0, 0, width, height);
  }

  /**
   * @param {number} scale device pixels in a pixel of the image
   * @returns {number} the smallest level that is not drawn larger than life
   */
  levelAt(scale) {
    const level = Math.floor(Math.log2(1 / scale) + 1e-9);
    return Math.min(Math.max(level, 0), this.#levels - 1);
  }

  /**
   * @param {number} level
   * @param {BoxXywh} box image_px
   * @returns {Place[]} tiles that reach into it, from its middle outwards
   */
  placesIn(level, [x, y, width, height]) {
    const side = this.#size * 2 ** level;
    const { columns, rows } = this.#grid(level);
    const left = Math.max(Math.floor(x / side), 0);
    const top = Math.max(Math.floor(y / side), 0);
    const right = Math.min(Math.ceil((x + width) / side), columns);
    const bottom = Math.min(Math.ceil((y + height) / side), rows);
    /** @type {(Place & {away: number})[]} */
    const places = [];
    for (let row = top; row < bottom; row += 1) {
      for (let column = left; column < right; column += 1) {
        const across = (column + 0.5) * side - (x + width / 2);
        const down = (row + 0.5) * side - (y + height / 2);
        places.push({ level, row, column, away: Math.hypot(across, down) });
      }
    }
    return places.sort((a, b) => a.away - b.away);
  }

  /**
   * All tiles of a box, there before it settles: for those who read pixels.
   * @param {number} level
   * @param {BoxXywh} box image_px
   * @returns {Promise<readonly {tile: ImageBitmap, box: BoxXywh}[]>} box: image_px
   */
  async tilesIn(level, box) {
    const places = this.placesIn(level, box);
    return Promise.all(
      places.map(async (place) => ({
        tile: this.#tiles.get(keyOf(place)) ?? (await this.#fetch(place)),
        box: this.#boxOf(place),
      })),
    );
  }

  /** @param {number} level */
  #grid(level) {
    const side = this.#size * 2 ** level;
    return {
      columns: Math.ceil(this.#image.width / side),
      rows: Math.ceil(this.#image.height / side),
    };
  }

  /**
   * The tile, or the part of the next coarser one that there is. Edges are whole device pixels, or
   * seams would be seen.
   * @param {CanvasRenderingContext2D} context
   * @param {Place} place
   * @param {Viewport} view
   * @param {number} density
   */
  #drawTile(context, place, view, density) {
    const [x, y, width, height] = this.#boxOf(place);
    const edge = (/** @type {number} */ at, /** @type {number} */ offset) =>
      Math.round((at * view.scale + offset) * density);
    const [left, top] = [edge(x, view.x), edge(y, view.y)];
    const [right, bottom] = [edge(x + width, view.x), edge(y + height, view.y)];
    for (let { level, row, column } = place; level < this.#levels; level += 1) {
      const shift = level - place.level;
      const tile = this.#tiles.get(keyOf({ level, row: row >> shift, column: column >> shift }));
      if (!tile) continue;
      this.#keep({ level, row: row >> shift, column: column >> shift }, tile);
      const share = this.#size / 2 ** shift;
      const sx = (column % 2 ** shift) * share;
      const sy = (row % 2 ** shift) * share;
      const sw = width / 2 ** level;
      const sh = height / 2 ** level;
      context.drawImage(tile, sx, sy, sw, sh, left, top, right - left, bottom - top);
      return;
    }
  }

  /**
   * @param {Place} place
   * @returns {BoxXywh} image_px, cut to the image
   */
  #boxOf({ level, row, column }) {
    const side = this.#size * 2 ** level;
    const [x, y] = [column * side, row * side];
    const { width, height } = this.#image;
    return [x, y, Math.min(side, width - x), Math.min(side, height - y)];
  }

  #ask() {
    while (this.#asked.size < AT_ONCE) {
      const place = this.#wanted.shift();
      if (!place) return;
      if (!this.#asked.has(keyOf(place)) && !this.#tiles.has(keyOf(place)))
        this.#fetch(place).then(
          () => this.#onTile(),
          () => setTimeout(() => this.#onTile(), AGAIN_MS), // a coarser one stands in meanwhile
        );
    }
  }

  /** @param {Place} place */
  async #fetch(place) {
    const key = keyOf(place);
    this.#asked.add(key);
    try {
      const tile = await this.#source(place.level, place.row, place.column);
      this.#keep(place, tile);
      return tile;
    } finally {
      this.#asked.delete(key);
      this.#ask();
    }
  }

  /**
   * @param {Place} place
   * @param {ImageBitmap} tile
   */
  #keep(place, tile) {
    const key = keyOf(place);
    this.#tiles.delete(key);
    this.#tiles.set(key, tile);
    for (const oldest of this.#tiles.keys()) {
      if (this.#tiles.size <= Math.max(KEPT_TILES, 2 * this.#inSight)) return;
      const isWhole = oldest.startsWith(`${this.#levels - 1}/`); // stands in for all others
      if (!isWhole) this.#tiles.delete(oldest);
    }
  }
}

/** @param {Place} place */
function keyOf({ level, row, column }) {
  return `${level}/${row}/${column}`;
}
