// Several objects moved in the order of painting keep their own order, and stop at its ends.
import { expect, test } from "vitest";
import { addObject } from "../../../frontend/src/model/actions/addObject.js";
import { reorderAll } from "../../../frontend/src/model/actions/reorderAll.js";
import { paintOrder } from "../../../frontend/src/model/document.js";
import { createStore } from "../../../frontend/src/model/store.js";

const RLE = { size: /** @type {const} */ ([3, 4]), counts: "31;" };

test.each([
  ["up", "c", "abdc"],
  ["up", "bc", "adbc"],
  ["up", "ab", "cabd"],
  ["up", "d", "abcd"],
  ["up", "cd", "abcd"],
  ["up", "bd", "acbd"],
  ["down", "bc", "bcad"],
  ["down", "ab", "abcd"],
  ["down", "ac", "acbd"],
  ["up", "", "abcd"],
])("%s %s", (place, ids, expected) => {
  const store = createStore({ image: { id: 1, width: 4, height: 3 } });
  for (const id of "abcd") store.dispatch(addObject({ id, rle: RLE, label: 1 }));

  store.dispatch(reorderAll({ ids: [...ids], place: /** @type {any} */ (place) }));
  const order = paintOrder(store.state.document).map(({ id }) => id);

  expect(order.join("")).toBe(expected);
});
