// What holds for every tool of the registry, also for one that is added tomorrow.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { TOOLS } from "../../../frontend/src/tools/registry.js";
import { answered, columns, key, object, painted, sample, takeInHand } from "./hand.js";

const SPRITE = readFileSync(
  new URL("../../../frontend/styles/icons.svg", import.meta.url),
  "utf-8",
);
const read = painted(Array(30).fill(`${"a".repeat(20)}${"b".repeat(20)}`), {
  a: [9, 9, 9],
  b: [200, 200, 200],
});

async function inHand(tool, session = {}) {
  const taken = takeInHand(tool, [object("a", columns(5, 9))], { read });
  taken.store.update({ label: 1, options: { superpixelSide: 6 }, ...session });
  await answered(taken);
  return taken;
}

describe.each(TOOLS.map((tool) => [tool.name, tool]))("%s", (_name, tool) => {
  test("has an icon in the sprite, a title and a letter", () => {
    expect(SPRITE).toContain(`<symbol id="${tool.icon ?? tool.name}"`);
    expect(tool.title).not.toBe("");
    expect(tool.hotkey).toMatch(/^[A-Z]$/);
  });

  test("changes nothing when the pointer is lost in the middle of a gesture", async () => {
    const taken = await inHand(tool);
    const before = taken.store.state.document;

    taken.hand.hover?.(sample(12, 12));
    taken.hand.down?.(sample(12, 12));
    taken.hand.drag?.([sample(18, 14), sample(22, 20)]);
    taken.hand.abort?.();
    taken.hand.leave?.();
    await answered(taken);
    taken.hand.cancel?.();
    await answered(taken);

    expect(taken.store.state.document).toBe(before);
    expect(taken.store.state.session.busy).toBe(false);
    taken.hand.disable?.();
  });

  test("Esc with nothing in hand is somebody else's", async () => {
    const { hand } = await inHand(tool);

    expect(hand.cancel?.() ?? false).toBe(false);
    hand.disable?.();
  });

  test("leaves the browser's shortcuts alone", async () => {
    const { hand } = await inHand(tool);

    for (const name of ["r", "l", "t", "w", "[", "]", "Enter", "Backspace"]) {
      const code = name === "[" ? "BracketLeft" : name === "]" ? "BracketRight" : "";
      expect(hand.key?.(key(name, { ctrl: true, code })) ?? false).toBe(false);
    }
    hand.disable?.();
  });

  test("takes no pixel of a locked object", async () => {
    const taken = await inHand(tool, { locked: new Set(["a"]), brushSize: 9 });
    const before = taken.store.state.document.objects.get("a");

    taken.hand.down?.(sample(7, 12));
    taken.hand.drag?.([sample(7, 20), sample(25, 22)]);
    taken.hand.up?.(sample(25, 22));
    await answered(taken);
    taken.hand.key?.(key("Enter"));
    await answered(taken);

    expect(taken.store.state.document.objects.get("a")).toBe(before);
    taken.hand.disable?.();
  });
});
