/**
 * What an ONNX file says about itself: the key and value pairs of its ModelProto (field 14, see
 * onnx/onnx.proto), read without the library, which keeps them to itself.
 */

const METADATA_FIELD = 14;
const KEY_FIELD = 1;
const VALUE_FIELD = 2;

/** A file that is no ONNX model, or breaks off. */
export class UnreadableModel extends Error {}

/**
 * @param {Uint8Array} bytes of the file
 * @returns {Readonly<Record<string, string>>}
 * @throws {UnreadableModel}
 */
export function factsOf(bytes) {
  const facts = /** @type {Record<string, string>} */ ({});
  for (const [field, part] of fieldsOf(bytes)) {
    if (field !== METADATA_FIELD) continue;
    const pair = new Map(fieldsOf(part));
    facts[textOf(pair.get(KEY_FIELD))] = textOf(pair.get(VALUE_FIELD));
  }
  return facts;
}

/** @param {Uint8Array | undefined} bytes */
function textOf(bytes) {
  return bytes ? new TextDecoder().decode(bytes) : "";
}

/**
 * The fields of a message that hold bytes, in their order; numbers are passed over.
 * @param {Uint8Array} bytes
 * @returns {[field: number, part: Uint8Array][]}
 */
function fieldsOf(bytes) {
  const reader = new Reader(bytes);
  /** @type {[number, Uint8Array][]} */
  const found = [];
  while (!reader.isAtEnd) {
    const tag = reader.number();
    const part = reader.value(tag & 7);
    if (part) found.push([Math.floor(tag / 8), part]);
  }
  return found;
}

/** Wire types of protocol buffers, as far as they can stand in a model. */
class Reader {
  #bytes;
  #at = 0;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  get isAtEnd() {
    return this.#at >= this.#bytes.length;
  }

  number() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new UnreadableModel("the model's file breaks off");
      this.#at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  /**
   * @param {number} type
   * @returns {Uint8Array | null} null for a number
   */
  value(type) {
    if (type === 0) {
      this.number();
      return null;
    }
    if (type === 1) return this.#skip(8);
    if (type === 5) return this.#skip(4);
    if (type !== 2) throw new UnreadableModel(`the file is no ONNX model: wire type ${type}`);
    return this.#take(this.number());
  }

  /** @param {number} length @returns {null} */
  #skip(length) {
    this.#take(length);
    return null;
  }

  /** @param {number} length */
  #take(length) {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new UnreadableModel("the model's file breaks off");
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
}
