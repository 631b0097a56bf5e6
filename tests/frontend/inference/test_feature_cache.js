import { IDBFactory } from "fake-indexeddb";
import { expect, test } from "vitest";
import { FeatureCache } from "../../../frontend/src/inference/featureCache.js";

const features = (bytes) => ({ shape: [1, 1, 1, bytes / 2], half: new ArrayBuffer(bytes) });

async function cacheOf(budget) {
  let time = 0;
  const now = () => {
    time += 1;
    return time;
  };
  return FeatureCache.open(new IDBFactory(), { budget, now });
}

test("what was put is there, and nothing else", async () => {
  const cache = await cacheOf(100);
  const half = Uint16Array.of(1, 2, 3).buffer;

  await cache.put("a", { shape: [1, 1, 1, 3], half });

  const found = await cache.get("a");
  expect([...new Uint16Array(found.half)]).toEqual([1, 2, 3]);
  expect(found.shape).toEqual([1, 1, 1, 3]);
  expect(await cache.get("b")).toBeNull();
});

test("over the budget those unused for longest go", async () => {
  const cache = await cacheOf(100);
  await cache.put("a", features(40));
  await cache.put("b", features(40));
  await cache.get("a");

  await cache.put("c", features(40));

  expect(await cache.get("a")).not.toBeNull();
  expect(await cache.get("b")).toBeNull();
  expect(await cache.get("c")).not.toBeNull();
});

test("what is put again counts once", async () => {
  const cache = await cacheOf(100);
  for (let round = 0; round < 5; round += 1) await cache.put("a", features(40));
  await cache.put("b", features(40));

  expect(await cache.get("a")).not.toBeNull();
});

test("what is larger than the budget is not kept and drives nothing out", async () => {
  const cache = await cacheOf(100);
  await cache.put("a", features(40));

  await cache.put("large", features(102));

  expect(await cache.get("large")).toBeNull();
  expect(await cache.get("a")).not.toBeNull();
});
