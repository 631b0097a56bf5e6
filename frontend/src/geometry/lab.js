/** Colours as the eye tells them apart: sRGB to CIE L*a*b* (D65). */

const LINEAR = Float32Array.from({ length: 256 }, (_value, byte) => {
  const share = byte / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
});
const EDGE = 216 / 24389; // below, the cube root goes over into a line

/**
 * @param {Uint8ClampedArray} rgba 4 bytes a cell
 * @returns {[lightness: Float32Array, a: Float32Array, b: Float32Array]} a value a cell
 */
export function toLab(rgba) {
  const count = rgba.length / 4;
  const [lightness, a, b] = [0, 1, 2].map(() => new Float32Array(count));
  if (!lightness || !a || !b) throw new Error("three planes were made");
  for (let at = 0; at < count; at += 1) {
    const red = LINEAR[rgba[4 * at] ?? 0] ?? 0;
    const green = LINEAR[rgba[4 * at + 1] ?? 0] ?? 0;
    const blue = LINEAR[rgba[4 * at + 2] ?? 0] ?? 0;
    const x = bent((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505);
    const y = bent(0.2126 * red + 0.7152 * green + 0.0722 * blue);
    const z = bent((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089);
    lightness[at] = 116 * y - 16;
    a[at] = 500 * (x - y);
    b[at] = 200 * (y - z);
  }
  return [lightness, a, b];
}

/** @param {number} share */
function bent(share) {
  return share > EDGE ? Math.cbrt(share) : (24389 / 27 / 116) * share + 16 / 116;
}
