import { beforeEach, describe, expect, test } from "vitest";
import {
  EffortMeter,
  IDLE_MS,
  shareEffort,
  sumEffort,
} from "../../../frontend/src/model/effort.js";

const NONE = { clicks: 0, strokes: 0, undos: 0, redos: 0, prompts: 0, active_ms: 0 };

describe("the meter", () => {
  let now;
  let meter;
  const at = (time, deed) => {
    now = time;
    meter[deed]();
  };

  beforeEach(() => {
    now = 1_000;
    meter = new EffortMeter(() => now);
  });

  test("counts time between signs of life, up to the change", () => {
    at(1_000, "touch");
    at(3_000, "touch");
    now = 3_500.4;

    expect(meter.take().active_ms).toBe(2_500);
  });

  test.each([
    [IDLE_MS - 1, IDLE_MS - 1],
    [IDLE_MS, IDLE_MS],
    [IDLE_MS + 1, IDLE_MS],
    [3_600_000, IDLE_MS],
  ])("a pause of %d ms counts as %d ms", (pause, counted) => {
    at(1_000, "touch");
    at(1_000 + pause, "touch");

    expect(meter.take().active_ms).toBe(counted);
  });

  test("time while the page is hidden does not count, nor does it before anybody came", () => {
    at(1_000, "pause");
    at(5_000, "touch");
    at(6_000, "pause");
    now = 9_000;
    expect(meter.take().active_ms).toBe(1_000);

    at(20_000, "touch");
    at(20_500, "touch");
    expect(meter.take().active_ms).toBe(500);
  });

  test("what was taken is not counted again", () => {
    at(1_000, "touch");
    meter.count("clicks");
    meter.count("clicks");
    meter.count("undos");
    now = 2_000;

    expect(meter.take()).toEqual({ ...NONE, clicks: 2, undos: 1, active_ms: 1_000 });
    expect(meter.take()).toEqual(NONE);
  });
});

describe("whose effort it was", () => {
  const spent = { ...NONE, clicks: 5, active_ms: 1_001 };
  const made = (id) => ({ id, before: null, after: {} });
  const gone = (id) => ({ id, before: {}, after: null });
  const changed = (id) => ({ id, before: {}, after: {} });

  test.each([
    ["a new object's, not of those that lost pixels", [changed("a"), made("b")], ["a"], ["b"]],
    ["the selected one's", [changed("a"), changed("b")], ["b"], ["b"]],
    ["of what was combined, the one that stays", [changed("a"), gone("b")], ["a"], ["a"]],
    ["a deleted one's", [gone("a"), changed("b")], [], ["a"]],
    ["everyone's", [changed("a"), changed("b")], ["c"], ["a", "b"]],
  ])("%s", (_, changes, selection, ids) => {
    expect([...shareEffort(spent, changes, selection).keys()]).toEqual(ids);
  });

  test("shares add up, and who got nothing is missing", () => {
    const changes = ["a", "b", "c"].map(changed);

    const shares = shareEffort({ ...NONE, clicks: 2, active_ms: 2 }, changes, []);

    expect([...shares]).toEqual([
      ["a", { ...NONE, clicks: 1, active_ms: 1 }],
      ["b", { ...NONE, clicks: 1, active_ms: 1 }],
    ]);
    expect(shareEffort(NONE, changes, []).size).toBe(0);
  });

  test("sums are figure by figure; nothing spent adds nothing", () => {
    expect(sumEffort(spent, { ...NONE, clicks: 1, redos: 2 })).toEqual({
      ...spent,
      clicks: 6,
      redos: 2,
    });
    expect(sumEffort(undefined, spent)).toEqual(spent);
    expect(sumEffort(spent, undefined)).toEqual(spent);
    expect(sumEffort(undefined, undefined)).toBeUndefined();
  });
});
