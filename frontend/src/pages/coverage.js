/** How much of the image lies under confirmed objects. */

import { toggles } from "../geometry/rle.js";

/**
 * @param {import("../types.js").EditorDocument} document
 * @returns {number} 0..1
 */
export function coverage(document) {
  const { width, height } = document.image;
  const covered = new Uint8Array(width * height); // down the columns, as the runs go
  for (const object of document.objects.values()) {
    if (object.state !== "confirmed") continue;
    const edges = toggles(object.rle);
    for (let i = 0; i < edges.length; i += 2)
      covered.fill(1, edges[i], edges[i + 1] ?? covered.length);
  }
  let count = 0;
  for (const pixel of covered) count += pixel;
  return count / covered.length;
}
