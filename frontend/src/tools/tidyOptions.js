/** How far the tidying commands go; set in the menu of shapes. */

import { t } from "../texts.js";

/** @type {import("../types.js").RangeOption} */
export const TIDY_RADIUS = {
  kind: "range",
  name: "tidyRadius",
  words: t("By"),
  title: t("How far grow, shrink and smooth reach"),
  first: 1,
  min: 1,
  max: 20,
  step: 1,
  unit: " px",
};

/** @type {import("../types.js").RangeOption} */
export const DROP_SIZE = {
  kind: "range",
  name: "dropSize",
  words: t("Islands below"),
  title: t("Pieces with fewer pixels are dropped; the largest one never is"),
  first: 100,
  min: 10,
  max: 5000,
  step: 10,
  unit: " px",
};
