// From the browser's pointer events to what tools see.
import { expect, test } from "vitest";
import { coalescedSamples, pointerSample } from "../../../frontend/src/tools/samples.js";

const VIEW = { scale: 2, x: 10, y: 20 };
const ELEMENT = { getBoundingClientRect: () => ({ left: 100, top: 50 }) };
const event = (parts = {}) => ({
  clientX: 130,
  clientY: 90,
  button: 0,
  buttons: 1,
  pointerType: "pen",
  pressure: 0.25,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...parts,
});

test.each([
  ["the left button", {}, { primary: true, eraser: false }],
  ["the right button", { button: 2, buttons: 2 }, { primary: false, eraser: false }],
  ["a pen's tip with its barrel button", { buttons: 3 }, { primary: false, eraser: false }],
  ["a pen's other end", { button: 5, buttons: 32 }, { primary: true, eraser: true }],
])("%s", (_name, parts, expected) => {
  expect(pointerSample(event(parts), ELEMENT, VIEW)).toMatchObject(expected);
});

test("a place on the screen and in the picture, and how hard a pen presses", () => {
  expect(pointerSample(event({ metaKey: true }), ELEMENT, VIEW)).toMatchObject({
    screen: { x: 30, y: 40 },
    image: { x: 10, y: 10 },
    device: "pen",
    pressure: 0.25,
    ctrl: true,
  });
});

test("all places since the last event, or the one of a browser that keeps no others", () => {
  const passed = [event({ clientX: 110 }), event({ clientX: 120 }), event()];
  const together = event({ getCoalescedEvents: () => passed });
  const places = (one) => coalescedSamples(one, ELEMENT, VIEW).map(({ screen }) => screen.x);

  expect(places(together)).toEqual([10, 20, 30]);
  expect(places(event({ getCoalescedEvents: () => [] }))).toEqual([30]);
  expect(places(event())).toEqual([30]);
});
