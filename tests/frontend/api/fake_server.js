/**
 * A server of annotations in memory that keeps the promises of POST /images/{id}/changes/: If-Match by
 * revision, one outcome an object, and the same outcome for the same change_id for ever.
 */
export class FakeServer {
  annotations = new Map();
  /** @type {Map<string, object>} */
  #outcomes = new Map();
  requests = [];
  /** Answers to give instead, first come first served: a function of the change list, or undefined. */
  faults = [];
  /** One that lasts. */
  fault = undefined;

  /** Another person's hand. */
  put(id, body) {
    const revision = (this.annotations.get(id)?.revision ?? 0) + 1;
    this.annotations.set(id, { ...body, id, revision });
    return revision;
  }

  /** As a newer run of pre-labelling takes an untouched suggestion away: without a trace. */
  purge(id) {
    this.annotations.delete(id);
  }

  /** What the outbox calls; bound. */
  send = async (image, changes) => {
    this.requests.push({ image, changes });
    const fault = this.faults.shift() ?? this.fault;
    if (fault) return fault(changes, () => this.#apply(changes));
    return this.#apply(changes);
  };

  #apply(changes) {
    return changes.map((change) => {
      const known = this.#outcomes.get(change.change_id);
      if (known) return known;
      const outcome = this.#applyOne(change);
      if (outcome.status < 400) this.#outcomes.set(change.change_id, outcome);
      return outcome;
    });
  }

  #applyOne({ op, id, change_id, base_revision, ...body }) {
    const current = this.annotations.get(id) ?? null;
    if (!current && op === "delete") {
      const problem = { code: "annotation_unknown", detail: "There is no such annotation." };
      return { id, change_id, status: 404, problem };
    }
    if ((current?.revision ?? null) !== base_revision)
      return {
        id,
        change_id,
        status: 412,
        problem: { code: "stale_revision", detail: "It was changed.", current },
      };
    const state = op === "delete" ? "deleted" : body.state;
    const revision = this.put(id, { ...current, ...body, state });
    return { id, change_id, status: current ? 200 : 201, revision };
  }
}

export function body(parts = {}) {
  return {
    label: 1,
    segmentation: { size: [2, 3], counts: "06" },
    z: 0,
    iscrowd: false,
    attributes: {},
    state: "confirmed",
    source: "manual",
    score: null,
    stability: null,
    model: "",
    ...parts,
  };
}

export function put(id, parts = {}, base_revision = null) {
  return { id, op: "put", base_revision, body: body(parts) };
}

export function remove(id, base_revision = null) {
  return { id, op: "delete", base_revision, body: null };
}
