// The tool that docs/contributing.md shows is a tool.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { area } from "../../../frontend/src/geometry/rle.js";
import { TOOLS } from "../../../frontend/src/tools/registry.js";
import { click, key, sample, takeInHand } from "./hand.js";

const DOC = fileURLToPath(new URL("../../../docs/contributing.md", import.meta.url));
const TOOLS_URL = new URL("../../../frontend/src/tools/", import.meta.url).href;

let folder;
let stamp;

beforeAll(async () => {
  const [, example] = readFileSync(DOC, "utf-8").match(/```js\n([\s\S]*?)```/);
  const placed = example.replaceAll(
    /from "(\.[^"]+)"/g,
    (_all, path) => `from ${JSON.stringify(fileURLToPath(new URL(path, TOOLS_URL)))}`,
  );
  folder = mkdtempSync(join(tmpdir(), "tool-"));
  writeFileSync(join(folder, "stamp.mjs"), placed);
  ({ stamp } = await import(/* @vite-ignore */ pathToFileURL(join(folder, "stamp.mjs")).href));
});

afterAll(() => rmSync(folder, { recursive: true }));

test("a click stamps, a key makes it larger, undo takes it back", () => {
  const tool = takeInHand(stamp);
  tool.store.update({ label: 2 });
  tool.hand.hover(sample(20, 15));
  expect(tool.store.state.session.overlay[0]).toMatchObject({ kind: "brush", size: 21 });

  tool.hand.key(key("[", { code: "BracketLeft", shift: true }));
  click(tool.hand, 20, 15);

  const [drawn] = tool.store.state.document.objects.values();
  expect(drawn.label).toBe(2);
  expect(Math.abs(area(drawn.rle) - Math.PI * 5.5 ** 2)).toBeLessThan(8);
  tool.store.undo();
  expect(tool.store.state.document.objects.size).toBe(0);
});

test("its name and key are free", () => {
  expect(TOOLS.map(({ name }) => name)).not.toContain(stamp.name);
  expect(TOOLS.map(({ hotkey }) => hotkey)).not.toContain(stamp.hotkey);
});
