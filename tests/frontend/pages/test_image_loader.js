import { expect, test } from "vitest";
import { ImageLoader, likelyNext } from "../../../frontend/src/pages/imageLoader.js";

/** A source that counts what it is asked for; ids in broken fail once. */
function scene({ broken = [], saves = () => 0 } = {}) {
  const asked = [];
  const failing = new Set(broken);
  let now = 0;
  const give = async (what, id) => {
    asked.push(`${what} ${id}`);
    if (failing.delete(id)) throw new Error("no answer");
    return what === "facts" ? { image: { id }, annotations: [] } : `picture ${id}`;
  };
  const source = {
    facts: (id) => {
      const facts = give("facts", id);
      return { facts, image: facts.then(({ image }) => image) };
    },
    picture: (id) => give("picture", id),
  };
  const loader = new ImageLoader(source, { saves, now: () => now });
  return { loader, asked, wait: (ms) => (now += ms) };
}

test("what was fetched ahead is not asked for again", async () => {
  const { loader, asked } = scene();

  await loader.prefetchAll([2, 3]);
  const parts = await loader.load(2);

  expect(parts).toEqual({ image: { id: 2 }, annotations: [], picture: "picture 2", saves: 0 });
  expect(asked).toEqual(["facts 2", "picture 2", "facts 3", "picture 3"]);
});

test("after a while what is drawn is asked for again, the picture is not", async () => {
  const { loader, asked, wait } = scene();
  await loader.prefetchAll([2]);

  wait(60_000);
  await loader.load(2);

  expect(asked).toEqual(["facts 2", "picture 2", "facts 2"]);
});

test("what was fetched ahead is asked for again once something of the image was saved", async () => {
  let saves = 0;
  const { loader, asked } = scene({ saves: () => saves });
  await loader.prefetchAll([2]);

  saves = 1;
  await loader.prefetchAll([2]);
  expect(asked).toEqual(["facts 2", "picture 2", "facts 2"]);
  saves = 2;
  expect(await loader.load(2)).toMatchObject({ saves: 2 });

  expect(asked).toEqual(["facts 2", "picture 2", "facts 2", "facts 2"]);
});

test("a list says how much was saved when it was asked for, not when it came", async () => {
  let saves = 0;
  const { loader } = scene({ saves: () => saves });

  const loading = loader.load(2);
  saves = 1;

  expect(await loading).toMatchObject({ saves: 0 });
});

test("an image is opened anew with what the server says then", async () => {
  const { loader, asked } = scene();
  await loader.prefetchAll([2]);

  await loader.load(2);
  await loader.load(2);

  expect(asked.filter((one) => one === "facts 2")).toHaveLength(2);
});

test("what failed ahead of time is tried again on opening", async () => {
  const { loader } = scene({ broken: [2] });
  await loader.prefetchAll([2]);

  await expect(loader.load(2)).resolves.toMatchObject({ picture: "picture 2" });
});

test("a failure on opening is told", async () => {
  const { loader } = scene({ broken: [2] });

  await expect(loader.load(2)).rejects.toThrow("no answer");
});

test("pictures looked at last are kept, so that a step back fetches only what is drawn", async () => {
  const { loader, asked } = scene();
  await loader.load(1);
  await loader.load(2);

  await loader.load(1);

  expect(asked).toEqual(["facts 1", "picture 1", "facts 2", "picture 2", "facts 1"]);
});

test("an opening stops what is fetched for later", async () => {
  const { loader, asked } = scene();

  const later = loader.prefetchAll([2, 3, 4]);
  await loader.load(9);
  await later;

  expect(asked).toEqual(["facts 2", "picture 2", "facts 9", "picture 9"]);
});

test("only the last few are held", async () => {
  const { loader, asked } = scene();

  await loader.prefetchAll([1, 2, 3, 4, 5, 6, 7]);
  await loader.load(1);
  await loader.load(7);

  expect(asked.filter((one) => one.endsWith(" 1"))).toHaveLength(4);
  expect(asked.filter((one) => one.endsWith(" 7"))).toHaveLength(2);
});

test.each([
  ["next", [5, 3, 6]],
  ["previous", [3, 5, 2]],
])("going on to the %s one, the likeliest are %j", (way, likely) => {
  const numbers = (...ids) => ids.map((id) => ({ id }));

  const found = likelyNext(numbers(1, 2, 3), numbers(5, 6, 7), way);

  expect(found.map(({ id }) => id)).toEqual(likely);
});
