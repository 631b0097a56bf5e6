/**
 * Three pictures at a time, each with its own progress, its own refusal and its own retry. Knows
 * no page.
 */

/**
 * @typedef {import("../panels/uploadRoom.js").Upload} Upload
 * @typedef {import("../panels/uploadRoom.js").UploadState} UploadState
 */

/** @typedef {(file: File, name: string, onProgress: (share: number) => void) => Promise<{image: {id: number}, duplicate: boolean}>} SendFile */

const AT_ONCE = 3;

export class UploadQueue {
  /** @type {readonly Upload[]} */
  uploads = [];
  #send;
  #onChange;
  #count = 0;
  #sending = 0;

  /**
   * @param {SendFile} send
   * @param {() => void} onChange
   */
  constructor(send, onChange) {
    this.#send = send;
    this.#onChange = onChange;
  }

  /** @param {readonly {file: File, name: string}[]} files */
  add(files) {
    const added = files.map(({ file, name }) => {
      this.#count += 1;
      return /** @type {Upload} */ ({
        id: this.#count,
        name,
        file,
        state: "waiting",
        share: 0,
        why: "",
        image: null,
      });
    });
    this.uploads = [...this.uploads, ...added];
    this.#onChange();
    this.#fill();
  }

  /** @param {number} id */
  retry(id) {
    this.#change(id, { state: "waiting", share: 0, why: "" });
    this.#fill();
  }

  retryAll() {
    for (const { id, state } of this.uploads) if (state === "refused") this.retry(id);
  }

  /** @returns {Readonly<Record<UploadState, number>>} */
  counts() {
    const counts = { waiting: 0, sending: 0, stored: 0, duplicate: 0, refused: 0 };
    for (const { state } of this.uploads) counts[state] += 1;
    return counts;
  }

  #fill() {
    for (const upload of this.uploads) {
      if (this.#sending >= AT_ONCE) return;
      if (upload.state === "waiting") void this.#sendOne(upload);
    }
  }

  /** @param {Upload} upload */
  async #sendOne({ id, file, name }) {
    this.#sending += 1;
    this.#change(id, { state: "sending" });
    try {
      const { image, duplicate } = await this.#send(file, name, (share) =>
        this.#change(id, { share }),
      );
      this.#change(id, { state: duplicate ? "duplicate" : "stored", share: 1, image: image.id });
    } catch (error) {
      this.#change(id, {
        state: "refused",
        why: error instanceof Error ? error.message : String(error),
      });
    } finally {
      this.#sending -= 1;
      this.#fill();
    }
  }

  /**
   * @param {number} id
   * @param {Partial<Upload>} parts
   */
  #change(id, parts) {
    this.uploads = this.uploads.map((upload) =>
      upload.id === id ? { ...upload, ...parts } : upload,
    );
    this.#onChange();
  }
}
