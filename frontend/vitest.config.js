// Tests live beside the other houses' tests, their packages here: both bare names are therefore
// resolved to this folder by hand.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

const ALL = ["tests/frontend/**/*.test.js", "tests/frontend/**/test_*.js"];
const APART = ["tests/frontend/{api,pages}/test_*.js"];

export const config = defineConfig({
  root: here(".."),
  resolve: {
    alias: [
      { find: /^vitest$/, replacement: here("node_modules/vitest") },
      { find: /^fake-indexeddb(.*)$/, replacement: here("node_modules/fake-indexeddb") + "$1" },
    ],
  },
  test: {
    // What has timers of its own gets a process a file; the rest shares the modules it imports,
    // which takes far longer than its tests do.
    projects: [
      { extends: true, test: { name: "apart", include: APART } },
      { extends: true, test: { name: "together", include: ALL, exclude: APART, isolate: false } },
    ],
    cache: false,
    environment: "node",
    testTimeout: 120_000, // machines are shared
    hookTimeout: 120_000,
  },
});

export { config as default };
