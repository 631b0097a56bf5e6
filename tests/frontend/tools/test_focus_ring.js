import { expect, test } from "vitest";
import { ringOnTab } from "../../../frontend/src/tools/focusRing.js";

function scene() {
  const [host, page] = [new EventTarget(), new EventTarget()];
  host.dataset = {};
  const end = ringOnTab(host, page);
  const key = (name) => page.dispatchEvent(Object.assign(new Event("keydown"), { key: name }));
  const send = (target, type) => target.dispatchEvent(new Event(type));
  return { host, page, key, send, end, hasRing: () => host.dataset.ring === "true" };
}

test("who walks to the canvas with Tab sees where they are, until they leave", () => {
  const { host, key, send, hasRing } = scene();

  key("Tab");
  send(host, "focus");
  expect(hasRing()).toBe(true);

  send(host, "blur");
  expect(hasRing()).toBe(false);
});

test.each(["Enter", "f", "Escape"])("focus given back after %s brings no ring", (name) => {
  const { host, key, send, hasRing } = scene();

  key("Tab");
  key(name);
  send(host, "focus");

  expect(hasRing()).toBe(false);
});

test("a press takes the ring away, and keys do not bring it back", () => {
  const { host, page, key, send, hasRing } = scene();
  key("Tab");
  send(host, "focus");

  send(page, "pointerdown");
  key("b");

  expect(hasRing()).toBe(false);
});

test("nothing is listened to after the end", () => {
  const { host, key, send, end, hasRing } = scene();
  key("Tab");

  end();
  send(host, "focus");

  expect(hasRing()).toBe(false);
});
