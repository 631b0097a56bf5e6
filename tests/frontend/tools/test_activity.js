import { beforeEach, expect, test } from "vitest";
import { EffortMeter } from "../../../frontend/src/model/effort.js";
import { watchActivity } from "../../../frontend/src/tools/activity.js";

let now;
let page;
let meter;
let end;

beforeEach(() => {
  now = 0;
  page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  meter = new EffortMeter(() => now);
  end = watchActivity(page, meter);
});

function sign(type, time, visibilityState = "visible") {
  now = time;
  page.visibilityState = visibilityState;
  page.dispatchEvent(new Event(type));
}

test.each(["pointerdown", "pointermove", "wheel", "keydown"])("%s is a sign of life", (type) => {
  sign(type, 20_000);
  sign(type, 40_000);

  expect(meter.take().active_ms).toBe(40_000);
});

test("a page that is hidden, or was opened so, does not count", () => {
  sign("visibilitychange", 1_000, "hidden");
  sign("visibilitychange", 9_000);
  sign("keydown", 9_500);
  expect(meter.take().active_ms).toBe(1_500);

  page.visibilityState = "hidden";
  const other = new EffortMeter(() => now);
  watchActivity(page, other);
  sign("visibilitychange", 20_000);
  sign("keydown", 20_100);
  expect(other.take().active_ms).toBe(100);
});

test("after the end nothing is heard", () => {
  end();
  sign("keydown", 90_000);

  expect(meter.take().active_ms).toBe(30_000);
});
