/**
 * A canvas of pixels for tests without a browser: RGBA, put, cleared, clipped to one box, and drawn
 * at whole or halved sizes, a halved pixel being the mean of what it covers.
 */

class Context {
  #box = null;
  #path = null;
  #saved = [];

  constructor(canvas) {
    this.canvas = canvas;
    this.scale = 1;
  }

  save() {
    this.#saved.push(this.#box);
  }

  restore() {
    this.#box = this.#saved.pop() ?? null;
  }

  beginPath() {
    this.#path = null;
  }

  rect(x, y, width, height) {
    this.#path = [x, y, x + width, y + height];
  }

  clip() {
    this.#box = this.#path;
  }

  clearRect(x, y, width, height) {
    this.#each([x, y, x + width, y + height], (at) => this.canvas.data.fill(0, at, at + 4));
  }

  putImageData({ width, data }, left, top, _x, _y, across, down) {
    for (let row = 0; row < down; row += 1)
      for (let column = 0; column < across; column += 1)
        for (let band = 0; band < 4; band += 1)
          this.canvas.data[4 * ((top + row) * this.canvas.width + left + column) + band] =
            data[4 * (row * width + column) + band];
  }

  drawImage(source, x, y, width, height) {
    const step = source.width / width;
    const end = [Math.ceil(x + width), Math.ceil(y + height)];
    this.#each([x, y, ...end], (at, column, row) => {
      const mean = source.mean((column - x) * step, (row - y) * step, step);
      for (let band = 0; band < 4; band += 1) this.canvas.data[at + band] = mean[band];
    });
  }

  #each([left, top, right, bottom], visit) {
    const { width, height } = this.canvas;
    const [x0, y0, x1, y1] = this.#box ?? [0, 0, width, height];
    for (let row = Math.max(top, y0, 0); row < Math.min(bottom, y1, height); row += 1)
      for (let column = Math.max(left, x0, 0); column < Math.min(right, x1, width); column += 1)
        visit(4 * (row * width + column), column, row);
  }
}

export class PixelCanvas {
  #width = 0;
  #height = 0;
  #context = new Context(this);
  data = new Uint8ClampedArray(0);

  get width() {
    return this.#width;
  }

  set width(value) {
    this.#width = value;
    this.data = new Uint8ClampedArray(4 * value * this.#height);
  }

  get height() {
    return this.#height;
  }

  set height(value) {
    this.#height = value;
    this.data = new Uint8ClampedArray(4 * this.#width * value);
  }

  getContext() {
    return this.#context;
  }

  /** What a square of pixels looks like from afar; beyond the border nothing is there. */
  mean(x, y, side) {
    const sum = [0, 0, 0, 0];
    for (let row = y; row < Math.min(y + side, this.#height); row += 1)
      for (let column = x; column < Math.min(x + side, this.#width); column += 1)
        for (let band = 0; band < 4; band += 1)
          sum[band] += this.data[4 * (row * this.#width + column) + band];
    return sum.map((total) => total / side ** 2);
  }

  /** Opacity at a pixel. */
  alphaAt(x, y) {
    return this.data[4 * (y * this.#width + x) + 3];
  }
}

/** An ImageData as browsers make them. */
export class Pixels {
  constructor(width, height) {
    Object.assign(this, { width, height, data: new Uint8ClampedArray(4 * width * height) });
  }
}
