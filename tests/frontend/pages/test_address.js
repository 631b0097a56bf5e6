import { expect, test } from "vitest";
import { addressOf, readAddress } from "../../../frontend/src/pages/address.js";

test.each([
  [7, "number", "/images/7/"],
  [12, "-priority", "/images/12/?ordering=-priority"],
])("image %i in the order %s has an address that says both", (image, ordering, address) => {
  expect(addressOf(image, ordering)).toBe(address);
  expect(readAddress(new URL(address, "http://localhost"))).toEqual({ image, ordering });
});

test.each([
  ["/images/3/?ordering=password", { image: 3, ordering: "number" }],
  ["/images/3/?tab=1", { image: 3, ordering: "number" }],
  ["/projects/3/", { image: null, ordering: "number" }],
])("%s is read with care", (address, read) => {
  expect(readAddress(new URL(address, "http://localhost"))).toEqual(read);
});
