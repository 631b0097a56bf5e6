// The floors of the front end, read from its sources: who imports whom, and who touches what.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../frontend/src", import.meta.url));
const MAX_LINES = 400;

/** Rooms from the lowest floor to the highest; those of one floor do not know each other. */
const FLOORS = [
  ["types.js", "texts.js"],
  ["geometry"],
  ["model"],
  ["tools", "render", "api", "inference", "keys"],
  ["panels"],
  ["pages"],
  ["main.js"],
];

const IMPORT =
  /^\s*(?:import|export)\b[^"'`;]*?\bfrom\s*["']([^"']+)["']|^\s*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm;

/** Gestures, by listener or in a template; that the pointer is over a row of a list is none. */
const GESTURE =
  /(?:addEventListener\(\s*["'`]|@)(?:pointer(?:down|move|up|cancel)|wheel|touch\w+)\b/;

function sourcesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".js"))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({
      path: relative(ROOT, path).split(sep).join("/"),
      text: readFileSync(path, "utf-8"),
    }));
}

function withoutComments(text) {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

function importsOf(text) {
  return [...withoutComments(text).matchAll(IMPORT)].map(
    (match) => match[1] ?? match[2] ?? match[3],
  );
}

function roomOf(path) {
  return path.split("/")[0];
}

function floorOf(room) {
  return FLOORS.findIndex((rooms) => rooms.includes(room));
}

function targetOf(path, specifier) {
  return normalize(join(dirname(path), specifier))
    .split(sep)
    .join("/");
}

/** What is wrong with an import, in words, or null. */
function faultOf(path, specifier) {
  if (!specifier.startsWith(".")) return `${path} imports ${specifier}, which is no relative path`;
  if (!specifier.endsWith(".js")) return `${path} imports ${specifier} without .js`;
  const target = targetOf(path, specifier);
  if (target.startsWith("../vendor/")) return null;
  if (target.startsWith("..")) return `${path} imports ${specifier} from outside`;
  const [own, other] = [roomOf(path), roomOf(target)];
  if (own === other || floorOf(other) < floorOf(own)) return null;
  return `${path} imports ${target}, which lies no lower`;
}

const sources = sourcesBelow(ROOT);

describe.each(sources.map(({ path, text }) => [path, text]))("%s", (path, text) => {
  const code = withoutComments(text);
  const room = roomOf(path);

  test("is in a room of the house", () => {
    expect(floorOf(room)).toBeGreaterThanOrEqual(0);
  });

  test("imports lower floors and its own room only", () => {
    expect(
      importsOf(text)
        .map((each) => faultOf(path, each))
        .filter(Boolean),
    ).toEqual([]);
  });

  if (room !== "render")
    test("touches no canvas context", () => {
      expect(code).not.toMatch(/\bgetContext\b|\bCanvasRenderingContext2D\b/);
    });

  if (room !== "tools")
    test("listens to no pointer on the stage", () => {
      expect(code).not.toMatch(GESTURE);
    });

  if (room !== "api")
    test("fetches nothing", () => {
      expect(code).not.toMatch(/(?<![.\w#])fetch\s*\(|\bXMLHttpRequest\b|\bsendBeacon\b/);
    });

  if (room !== "panels")
    test("knows no lit-html", () => {
      expect(importsOf(text).filter((each) => each.includes("lit-html"))).toEqual([]);
    });

  test("has no default export", () => {
    expect(code).not.toMatch(/^export default\b/m);
  });

  test(`is at most ${MAX_LINES} lines long`, () => {
    expect(text.split("\n").length).toBeLessThanOrEqual(MAX_LINES + 1);
  });
});

test("one animation frame in the tree", () => {
  const asking = sources.filter(({ text }) =>
    /\brequestAnimationFrame\s*\(/.test(withoutComments(text)),
  );

  expect(asking.map(({ path }) => path)).toEqual(["render/frames.js"]);
});

test.each([
  ["geometry/rle.js", "../model/store.js", "lies no lower"],
  ["model/store.js", "../tools/stage.js", "lies no lower"],
  ["tools/stage.js", "../render/canvas.js", "lies no lower"],
  ["render/canvas.js", "lit-html", "no relative path"],
  ["render/canvas.js", "./frames", "without .js"],
  ["render/canvas.js", "../../templates/x.js", "from outside"],
])("the test itself sees that %s may not import %s", (path, specifier, words) => {
  expect(faultOf(path, specifier)).toContain(words);
});

test.each([
  ['import { a } from "../b.js";', ["../b.js"]],
  ['import {\n  a,\n  b,\n} from "../b.js";', ["../b.js"]],
  ['import "./side.js";', ["./side.js"]],
  ['export { a } from "./b.js";', ["./b.js"]],
  ['const m = await import("./late.js");', ["./late.js"]],
  ['/** @typedef {import("./types.js").A} A */', []],
])("the test itself reads %s", (text, found) => {
  expect(importsOf(text)).toEqual(found);
});
