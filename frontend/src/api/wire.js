/**
 * The API's shapes, and the way between them and the editor's own. Nothing but names changes here:
 * a mask
 * travels as the same compressed run lengths that the document holds.
 *
 * @typedef {import("../types.js").Label} Label
 * @typedef {import("../types.js").MaskObject} MaskObject
 * @typedef {import("../types.js").Rle} Rle
 */

/** @typedef {"new" | "prelabelled" | "in_progress" | "submitted" | "accepted" | "sent_back"} ImageStatus */

/**
 * @typedef {Object} WireImage
 * @property {number} id
 * @property {number} number
 * @property {number} project
 * @property {string} name
 * @property {number} width
 * @property {number} height
 * @property {ImageStatus} status
 * @property {number} priority 0..1
 * @property {string} priority_reason
 * @property {string} sha256 of the stored file
 * @property {string} file address of the pixels
 * @property {string} preview address of a thumbnail
 * @property {WireTiles | null} tiles of a large image
 * @property {{username: string, until: string} | null} lease
 * @property {{confirmed: number, suggested: number}} counts
 * @property {string} split
 * @property {string | null} assignee
 * @property {readonly number[]} tags ids
 */

/** @typedef {{address: string, size: number, levels: number}} WireTiles */

/**
 * @typedef {Object} WireProject
 * @property {number} id
 * @property {string} name
 * @property {boolean} panoptic
 * @property {string} segmenter
 * @property {string} role
 * @property {readonly string[]} can
 * @property {readonly Label[]} labels
 * @property {readonly WireTag[]} tags
 */

/** @typedef {{readonly id: number, readonly name: string, readonly archived: boolean}} WireTag */

/**
 * @typedef {Object} WireAnnotation
 * @property {string} id
 * @property {number} revision
 * @property {number | null} label
 * @property {Rle} segmentation
 * @property {number} z
 * @property {boolean} iscrowd
 * @property {Record<string, unknown>} attributes
 * @property {"suggested" | "confirmed" | "rejected" | "deleted"} state
 * @property {"manual" | "model" | "import"} source
 * @property {number | null} score
 * @property {number | null} stability
 * @property {number | null} [disagreement]
 * @property {number | null} [boundary_entropy]
 * @property {string | null} model
 * @property {string | null} [author]
 * @property {string} [updated_at]
 */

/**
 * What a change writes of an object; the rest of WireAnnotation is the server's.
 * @typedef {Pick<WireAnnotation, "label" | "segmentation" | "z" | "iscrowd" | "attributes" | "state" | "source" | "score" | "stability" | "model">} WireBody
 */

/** @typedef {{id: number, kind: string, state: "queued" | "running" | "done" | "failed" | "cancelled", done: number, total: number, failed: number, error: string | null, result: unknown, waiting?: string}} WireJob */
/** @typedef {{previous: number | null, next: number | null, position: number, count: number}} Neighbours */
/** @typedef {Neighbours & {before: readonly WireImage[], after: readonly WireImage[]}} Surroundings */

/**
 * @param {WireAnnotation | (WireBody & {id: string})} annotation not a deleted one
 * @returns {Readonly<MaskObject>}
 */
export function objectFromWire(annotation) {
  const { state } = annotation;
  if (state === "deleted") throw new Error(`annotation ${annotation.id} is deleted`);
  return Object.freeze({
    id: annotation.id,
    label: annotation.label,
    rle: Object.freeze({
      size: /** @type {[number, number]} */ ([...annotation.segmentation.size]),
      counts: annotation.segmentation.counts,
    }),
    z: annotation.z,
    state,
    source: annotation.source,
    score: annotation.score,
    stability: annotation.stability,
    ...doubtsOf(annotation),
    model: annotation.model ?? "",
    iscrowd: annotation.iscrowd,
    attributes: Object.freeze({ ...annotation.attributes }),
  });
}

/**
 * What only the server says of an object.
 * @param {WireAnnotation | WireBody} annotation
 */
function doubtsOf(annotation) {
  if (!("disagreement" in annotation)) return {};
  const { disagreement = null, boundary_entropy = null } = annotation;
  return { disagreement, boundary_entropy };
}

/**
 * @param {Readonly<MaskObject>} object
 * @returns {WireBody}
 */
export function bodyFromObject(object) {
  return {
    label: object.label,
    segmentation: object.rle,
    z: object.z,
    iscrowd: object.iscrowd,
    attributes: { ...object.attributes },
    state: object.state,
    source: object.source,
    score: object.score,
    stability: object.stability,
    model: object.model,
  };
}
