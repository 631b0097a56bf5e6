// What the page asks of models, by what the server says that they can do.
import { expect, test, vi } from "vitest";
import { Abilities } from "../../../frontend/src/pages/abilities.js";
import { BrowserModel } from "../../../frontend/src/pages/browserModel.js";

const model = (name, facts = {}) => ({
  name,
  installed: true,
  why_not: "",
  kinds: ["points"],
  browser_decoder: true,
  stores_embedding: true,
  ...facts,
});
const CLASSIC = model("classic", { browser_decoder: false, stores_embedding: false });
const NANO = model("sam_nano");
const SAM3 = model("sam3", {
  installed: false,
  why_not: "SAM 3 is not installed.",
  kinds: ["text", "exemplars"],
});

/** A server that lists models, or does not answer; and how often it was asked. */
function knowing(...answers) {
  const seen = [];
  const client = {
    send: async (_method, path) => {
      seen.push(path);
      const models = answers[Math.min(seen.length, answers.length) - 1];
      if (!models) throw new Error("no network");
      return { data: { results: models } };
    },
  };
  return { abilities: new Abilities(client), seen };
}

test("a segmenter keeps embeddings if it is installed and has a decoder for them", async () => {
  const { abilities, seen } = knowing([CLASSIC, NANO, model("sam_vit_b", { installed: false })]);

  expect(await abilities.keepsFeatures("classic")).toBe(false);
  expect(await abilities.keepsFeatures("sam_vit_b")).toBe(false);
  expect(await abilities.keepsFeatures("sam_nano")).toBe(true);
  expect(seen).toEqual(["segmenters/"]);
});

test("of what is not known the server is asked, as before", async () => {
  const { abilities } = knowing(null, [CLASSIC]);

  expect(await abilities.keepsFeatures("classic")).toBe(true);
  expect(await abilities.keepsFeatures("classic")).toBe(false);
  expect(await abilities.keepsFeatures("a newer one")).toBe(true);
});

test("nothing is fetched for a browser of a segmenter that keeps nothing", async () => {
  const { abilities } = knowing([CLASSIC]);
  const fetch = vi.fn();
  vi.stubGlobal("fetch", fetch);
  const image = { id: 7, sha256: "abc", width: 4, height: 3 };
  const keeps = () => abilities.keepsFeatures("classic");
  const browserModel = new BrowserModel({ base: "/api/v1/" }, "classic", {
    keeps,
    sleep: async () => {},
  });

  expect(await browserModel.prepare(image, () => true)).toBe(false);
  await browserModel.prefetch([image]);

  expect(fetch).not.toHaveBeenCalled();
  vi.unstubAllGlobals();
});

test("the project's own model answers if it can, else one that is installed, else nobody", async () => {
  const own = model("sam3-large", { kinds: ["exemplars"] });
  const both = knowing([{ ...SAM3, installed: true }, own]).abilities;

  expect(await both.answererOf("exemplars", "sam3-large")).toMatchObject({
    segmenter: "sam3-large",
  });
  expect(await both.answererOf("exemplars", "sam_nano")).toMatchObject({ segmenter: "sam3" });
  expect(await knowing([NANO, SAM3]).abilities.answererOf("exemplars", "sam_nano")).toEqual({
    segmenter: null,
    missing: "SAM 3 is not installed.",
  });
});

test("only of a model that looks closer is a closer look asked", async () => {
  const { abilities } = knowing([{ ...NANO, looks_closer: true }, CLASSIC]);

  expect(await abilities.looksCloser("sam_nano")).toBe(true);
  expect(await abilities.looksCloser("classic")).toBe(false);
  expect(await knowing(null).abilities.looksCloser("sam_nano")).toBe(false);
});
