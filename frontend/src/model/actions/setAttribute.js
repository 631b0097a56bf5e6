import { t } from "../../texts.js";
import { reviseObjects } from "../document.js";
import { inWords } from "./action.js";

/**
 * Say something about objects; undefined takes it back. Who says something of a suggestion has not
 * yet accepted it, so the state stays.
 * @param {{ids: readonly string[], name: string, value: string | number | boolean | undefined}} parts
 * @returns {import("../../types.js").Action}
 */
export function setAttribute({ ids, name, value }) {
  return inWords(t("Set {name}", { name }), (document) =>
    reviseObjects(document, ids, ({ attributes }) => {
      if (attributes[name] === value) return {};
      const { [name]: _former, ...others } = attributes;
      return {
        attributes: Object.freeze(value === undefined ? others : { ...others, [name]: value }),
      };
    }),
  );
}
