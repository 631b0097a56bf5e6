import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const VENDOR = fileURLToPath(new URL("../../frontend/vendor", import.meta.url));
const OUR_OWN = new Set(["CHECKSUMS", "README.md"]);

const lines = readFileSync(join(VENDOR, "CHECKSUMS"), "utf8").trim().split("\n");
const listed = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
const lying = readdirSync(VENDOR, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(VENDOR, join(entry.parentPath, entry.name)).split(sep).join("/"))
  .filter((path) => !OUR_OWN.has(path));

test("every vendored file is listed, and every listed one lies there", () => {
  expect([...listed.keys()].sort()).toEqual(lying.sort());
});

test.each(lying)("%s is as it was published", (path) => {
  const sha256 = createHash("sha256")
    .update(readFileSync(join(VENDOR, path)))
    .digest("hex");
  expect(sha256).toBe(listed.get(path));
});

test("every library carries its licence", () => {
  const folders = new Set(lying.map((path) => path.split("/")[0]));
  for (const folder of folders) expect(lying).toContain(`${folder}/LICENSE`);
});
