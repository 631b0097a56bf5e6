import { afterEach, expect, test, vi } from "vitest";
import { threadsHere } from "../../../frontend/src/inference/runtime.js";

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["one where the page is not isolated, as without a secure context", false, 8, 1],
  ["one on a machine of one core", true, 1, 1],
  ["as many as there are cores", true, 2, 2],
  ["not more than help", true, 64, 4],
])("%s", (_name, crossOriginIsolated, hardwareConcurrency, threads) => {
  vi.stubGlobal("crossOriginIsolated", crossOriginIsolated);
  vi.stubGlobal("navigator", { hardwareConcurrency });

  expect(threadsHere()).toBe(threads);
});
