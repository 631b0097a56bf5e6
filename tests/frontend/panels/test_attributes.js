// Attributes: which schema is asked of a selection, what it has in common, and setting a value.
import { expect, test } from "vitest";
import { addObject } from "../../../frontend/src/model/actions/addObject.js";
import { setAttribute } from "../../../frontend/src/model/actions/setAttribute.js";
import { createStore } from "../../../frontend/src/model/store.js";
import { askedOf, common } from "../../../frontend/src/panels/asked.js";

const RLE = { size: /** @type {const} */ ([3, 4]), counts: "31;" };
const SCHEMA = [{ name: "pose", kind: "choice", choices: ["standing", "lying"] }];

function scene() {
  const store = createStore({
    image: { id: 1, width: 4, height: 3 },
    labels: /** @type {any} */ ([
      { id: 1, name: "bear", order: 0, attributes: SCHEMA },
      { id: 2, name: "grass", order: 1, attributes: [] },
    ]),
  });
  for (const [id, label] of /** @type {const} */ ([
    ["a", 1],
    ["b", 1],
    ["c", 2],
  ]))
    store.dispatch(addObject({ id, rle: RLE, label }));
  return store;
}

test.each([
  [[], null],
  [["a"], 1],
  [["a", "b"], 1],
  [["a", "c"], null],
  [["c"], null],
])("the schema of %o", (selection, asked) => {
  const store = scene();
  store.update({ selection });

  expect(askedOf(store.state)?.schema.length ?? null).toBe(asked);
});

test("a value is set on all, is one step, and can be taken back", () => {
  const store = scene();
  store.dispatch(setAttribute({ ids: ["a"], name: "pose", value: "lying" }));
  const objects = () =>
    ["a", "b"].map((id) => /** @type {any} */ (store.state.document.objects.get(id)));

  expect(common(objects(), "pose")).toEqual({ value: undefined, isMixed: true });
  store.dispatch(setAttribute({ ids: ["a", "b"], name: "pose", value: "lying" }));
  expect(common(objects(), "pose")).toEqual({ value: "lying", isMixed: false });
  expect(store.dispatch(setAttribute({ ids: ["a", "b"], name: "pose", value: "lying" }))).toBe(
    false,
  );
  store.dispatch(setAttribute({ ids: ["a", "b"], name: "pose", value: undefined }));
  expect(objects().map(({ attributes }) => attributes)).toEqual([{}, {}]);
  store.undo();
  expect(common(objects(), "pose").value).toBe("lying");
});
