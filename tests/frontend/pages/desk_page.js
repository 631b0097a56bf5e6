// The editor's desk with all that lies below it, on a browser's disk and a server in memory; only
// what draws and what listens to hands is left out.
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { expect, vi } from "vitest";
import { webLocks } from "../../../frontend/src/api/outbox/locks.js";
import { Outbox } from "../../../frontend/src/api/outbox/outbox.js";
import { databaseStorage, openConnection } from "../../../frontend/src/api/outbox/storage.js";
import { PastSteps } from "../../../frontend/src/api/pastSteps.js";
import { addObject } from "../../../frontend/src/model/actions/addObject.js";
import { newId } from "../../../frontend/src/model/ids.js";
import { Board } from "../../../frontend/src/pages/board.js";
import { Desk } from "../../../frontend/src/pages/desk.js";
import { UndoShelf } from "../../../frontend/src/pages/undoShelf.js";
import { FakeLockManager } from "../api/fake_locks.js";
import { FakeServer } from "../api/fake_server.js";

vi.mock("../../../frontend/src/render/canvas.js", () => ({
  createCanvas: (_host, _store, { onReady }) => ({
    element: {},
    minimap: {},
    setImage: () => setTimeout(onReady, 0),
    destroy: () => {},
  }),
}));
vi.mock("../../../frontend/src/render/pixels.js", () => ({ readPixels: () => null }));
vi.mock("../../../frontend/src/tools/activity.js", () => ({ watchActivity: () => () => {} }));
vi.mock("../../../frontend/src/tools/focusRing.js", () => ({ ringOnTab: () => () => {} }));
vi.mock("../../../frontend/src/tools/minimapHand.js", () => ({ attachMinimap: () => () => {} }));
vi.mock("../../../frontend/src/tools/pixels/bench.js", () => ({
  Bench: class {
    close() {}
  },
}));
vi.mock("../../../frontend/src/tools/stage.js", () => ({
  attachStage: () => ({ detach: () => {}, toggleKeyCursor: () => {} }),
}));
vi.mock("../../../frontend/src/pages/browserModel.js", () => ({
  BrowserModel: class {
    prepare() {}
    async prefetch() {}
  },
}));

const TURN_MS = 3_000; // between two tries of a tab that may only look
const IMAGES = [1, 2, 3, 4];

/** @param {() => unknown} holds */
export function until(holds) {
  return vi.waitFor(holds, { interval: 2, timeout: 10_000 });
}

/** Where some questions wait until a test lets their answers pass. */
class Gate {
  /** @type {((failure?: Error) => void)[]} first come, first served; with a failure, that it is */
  waiting = [];
  #isOpen = false;

  pass() {
    if (this.#isOpen) return undefined;
    return new Promise((resolve, reject) =>
      this.waiting.push((failure) => (failure ? reject(failure) : resolve(undefined))),
    );
  }

  /** For those that wait and all that come. */
  open() {
    this.#isOpen = true;
    for (const letPass of this.waiting) letPass();
  }
}

/** A server with its network, a browser with its disk and its locks, and the way to open a page. */
export class DeskWorld {
  locks = new FakeLockManager();
  #servers = new Map(IMAGES.map((id) => [id, new FakeServer()]));
  #disk = new IDBFactory();
  #held = [];
  /** @type {string[]} what was asked */
  asked = [];
  /** @type {string[]} what the person was told */
  said = [];
  /** @type {(() => void)[]} tries of tabs that may only look */
  turns = [];

  constructor() {
    prepareBrowser(this);
  }

  /** @param {number} image */
  server(image) {
    return this.#servers.get(image);
  }

  /**
   * What is read now arrives later.
   * @param {string} words of the question: its path, "picture" or "save"
   */
  hold(words) {
    const gate = new Gate();
    this.#held.push({ words, gate });
    return gate;
  }

  /** @param {string} question */
  async pass(question) {
    this.asked.push(question);
    for (const { words, gate } of this.#held) if (question.includes(words)) await gate.pass();
  }

  /** The browser is killed and started again: locks are gone, what is on the disk is not. */
  kill() {
    this.locks = new FakeLockManager();
    this.#held = [];
  }

  async page() {
    const { said } = this;
    const toasts = { say: (words) => said.push(words) };
    const client = { base: "/api/v1/", send: (_method, path) => this.#answer(path) };
    const outbox = new Outbox({
      storage: databaseStorage(await openConnection("rows", { factory: this.#disk })),
      locks: webLocks(this.locks, "t"),
      send: async (image, changes) => {
        await this.pass("save");
        return this.server(image).send(image, changes);
      },
      newId,
      backoff_ms: () => 1,
    });
    const steps = await PastSteps.open("steps", { factory: this.#disk });
    const board = new Board({ ordering: "number", project: PROJECT });
    const root = element();
    const desk = new Desk({
      ...{ root, place: element(), client, outbox, board, toasts, look: {} },
      abilities: { keepsFeatures: async () => false, looksCloser: async () => false },
      shelf: new UndoShelf(steps, { client, toasts }),
    });
    return { desk, outbox, board, root };
  }

  /** @param {string} path */
  async #answer(path) {
    const [, id, what] = /^images\/(\d+)\/(.*)$/.exec(path) ?? [];
    const data = structuredClone(this.#read(Number(id), what));
    await this.pass(path);
    return { data };
  }

  #read(id, what) {
    const at = IMAGES.indexOf(id);
    if (what === "") return factsOf(id);
    if (what.startsWith("annotations/")) {
      const all = [...this.server(id).annotations.values()];
      const isListed = ({ state }) => what.includes("deleted") || state !== "deleted";
      return { results: all.filter(isListed), next: null };
    }
    if (what.startsWith("neighbours/"))
      return {
        before: IMAGES.slice(0, at).map(factsOf),
        after: IMAGES.slice(at + 1).map(factsOf),
      };
    return {};
  }
}

/** A new object by hand. @param {Desk} desk */
export function draw(desk, id = newId()) {
  const rle = { size: [2, 3], counts: "06" };
  return desk.store.dispatch(addObject({ id, rle, label: 1, source: "manual" }));
}

export function untilSent(outbox) {
  return until(() => expect(outbox.status().unsent).toBe(0));
}

const PROJECT = {
  id: 1,
  name: "p",
  panoptic: false,
  segmenter: "s",
  can: ["annotate"],
  labels: [{ id: 1, name: "a", order: 1, color: "#000", archived: false }],
  tags: [],
};

const factsOf = (id) => ({
  id,
  name: `image ${id}`,
  width: 3,
  height: 2,
  status: "in_progress",
  tiles: null,
});

const element = () => ({
  dataset: {},
  style: {},
  append: () => {},
  setAttribute: () => {},
  focus: () => {},
  remove: () => {},
});

/** @param {DeskWorld} world */
function prepareBrowser(world) {
  const later = globalThis.setTimeout;
  vi.stubGlobal("setTimeout", (run, ms, ...rest) =>
    ms === TURN_MS ? world.turns.push(run) : later(run, ms, ...rest),
  );
  vi.stubGlobal("IDBKeyRange", IDBKeyRange);
  vi.stubGlobal("document", { createElement: element });
  vi.stubGlobal("history", {
    addresses: [],
    pushState: (...parts) => history.addresses.push(parts[2]),
  });
  vi.stubGlobal("location", { search: "", pathname: "/images/1/" });
  vi.stubGlobal(
    "Image",
    class {
      decode() {
        return world.pass("picture");
      }
    },
  );
}
