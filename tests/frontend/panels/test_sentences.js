// The history in sentences, one for each thing that can happen to an object.
import { expect, test } from "vitest";
import { sentence, since } from "../../../frontend/src/panels/sentences.js";

const LABELS = /** @type {any} */ ([
  { id: 1, name: "bear" },
  { id: 2, name: "dog" },
]);
const BASE = /** @type {any} */ ({
  number: 3,
  revision: 2,
  label: 1,
  label_before: 1,
  state: "confirmed",
  state_before: "confirmed",
  source: "manual",
  area: 2204,
  area_before: 1000,
  author: "Anna",
  model: "",
  cause: "edit",
  changed: [],
});

test.each([
  [{ changed: ["mask"] }, "Anna enlarged ‘bear 3’ by 1,204 px"],
  [{ changed: ["mask"], area: 999 }, "Anna shrank ‘bear 3’ by 1 px"],
  [{ changed: ["mask"], area: 1000 }, "Anna reshaped ‘bear 3’"],
  [{ changed: ["label"], label: 2 }, "Anna relabelled ‘dog 3’ from bear to dog"],
  [{ changed: ["label"], label_before: null }, "Anna labelled ‘bear 3’ as bear"],
  [{ changed: ["label"], label: null }, "Anna took the label bear from ‘object 3’"],
  [{ changed: ["state"], state: "deleted" }, "Anna deleted ‘bear 3’"],
  [{ changed: ["state"], state_before: "deleted" }, "Anna brought back ‘bear 3’"],
  [{ changed: ["state"], state_before: "suggested" }, "Anna accepted ‘bear 3’"],
  [{ changed: ["state"], state: "rejected", state_before: "suggested" }, "Anna rejected ‘bear 3’"],
  [
    { changed: ["state", "mask"], state_before: "suggested" },
    "Anna accepted ‘bear 3’ and enlarged it by 1,204 px",
  ],
  [{ changed: ["z"] }, "Anna moved ‘bear 3’ in the order"],
  [{ changed: ["attributes", "z"] }, "Anna changed the attributes of ‘bear 3’"],
  [{ changed: ["iscrowd"] }, "Anna changed whether ‘bear 3’ is a crowd"],
  [{}, "Anna saved ‘bear 3’ as it was"],
  [{ cause: "restore", changed: ["mask"] }, "Anna restored ‘bear 3’ to an earlier state"],
  [{ revision: 1 }, "Anna drew ‘bear 3’ (2,204 px)"],
  [
    { revision: 1, source: "model", model: "sam_nano@1" },
    "Anna made ‘bear 3’ with sam_nano@1 (2,204 px)",
  ],
  [
    { revision: 1, author: null, cause: "prelabel", model: "classic@1" },
    "classic@1 suggested ‘bear 3’ (2,204 px)",
  ],
  [{ revision: 1, author: null, cause: "import" }, "An import brought in ‘bear 3’ (2,204 px)"],
  [{ author: null, changed: ["z"] }, "Somebody moved ‘bear 3’ in the order"],
])("%o", (differs, words) => {
  expect(sentence({ ...BASE, ...differs }, LABELS)).toBe(words);
});

test("times are as coarse as people speak", () => {
  const now = Date.parse("2026-05-04T12:00:00Z");
  const at = (/** @type {string} */ time) => since(time, now);

  expect(at("2026-05-04T11:59:30Z")).toBe("just now");
  expect(at("2026-05-04T11:57:30Z")).toBe("2 min ago");
  expect(at("2026-05-04T09:00:00Z")).toBe("3 h ago");
  expect(at("2026-05-01T09:00:00Z")).toContain("May");
  expect(at("2026-05-04T12:00:30Z")).toBe("just now");
});
