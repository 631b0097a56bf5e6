import { t } from "../../texts.js";
import { nextZ, withObjects } from "../document.js";
import { newId } from "../ids.js";
import { inWords } from "./action.js";
import { claimPixels } from "./claimPixels.js";

/**
 * A person's new object on top of the others, confirmed if it has a label.
 * @param {{rle: import("../../types.js").Rle, label: number | null, id?: string,
 *   source?: import("../../types.js").ObjectSource, score?: number | null,
 *   stability?: number | null, model?: string, iscrowd?: boolean,
 *   state?: import("../../types.js").ObjectState,
 *   attributes?: Readonly<Record<string, unknown>>}} parts id: to know it beforehand
 * @returns {import("../../types.js").Action}
 */
export function addObject(parts) {
  const id = parts.id ?? newId();
  return inWords(t("Add object"), (document) => {
    const added = withObjects(document, [
      [
        id,
        {
          id,
          label: parts.label,
          rle: parts.rle,
          z: nextZ(document),
          state: parts.state ?? (parts.label === null ? "suggested" : "confirmed"),
          source: parts.source ?? "manual",
          score: parts.score ?? null,
          stability: parts.stability ?? null,
          model: parts.model ?? "",
          iscrowd: parts.iscrowd ?? false,
          attributes: parts.attributes ?? {},
        },
      ],
    ]);
    // A model's word takes nothing from what people made until somebody accepts it.
    return parts.state === "suggested" ? added : (claimPixels(added, id) ?? document);
  });
}
