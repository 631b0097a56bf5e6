/** The editor page: everything below it put together. */

import { openOutbox } from "../api/outbox/open.js";
import { API_BASE, clientOfPage, instanceOf } from "../api/pageClient.js";
import { fetchProject } from "../api/projects.js";
import { Toasts } from "../panels/toasts.js";
import { readAddress } from "./address.js";
import { Board } from "./board.js";
import { createDeeds } from "./deeds.js";
import { Desk } from "./desk.js";
import { Keyboard } from "./keyboard.js";
import { LoginDesk } from "./loginDesk.js";
import { buildShell } from "./shell.js";
import { readTheme } from "./themeSwitch.js";

/** @param {HTMLElement} root */
export async function openEditor(root) {
  const { imageId, projectId, api: base = API_BASE, user: username = "" } = root.dataset;
  const { ordering } = readAddress(location);
  const board = new Board({ username, theme: readTheme(), now: Date.now(), ordering });
  const toasts = new Toasts(/** @type {HTMLElement} */ (document.getElementById("toasts")));
  const login = new LoginDesk(clientOfPage(document, { base }), board);
  const client = clientOfPage(document, { base, login: () => login.ask() });
  const { stage: place, draw } = buildShell(root);
  const outbox = await openOutbox(client, `${instanceOf(document)}:${username}`);
  const parts = { root, place, client, outbox, board, toasts, login };
  const desk = new Desk(parts);
  const weigh = (/** @type {number | null} */ threshold) => deeds.show({ threshold });
  const keyboard = new Keyboard(desk, { ...parts, weigh });
  const deeds = createDeeds(desk, { ...parts, run: (command) => keyboard.run(command) });
  scheduleDraws(desk, board, () => draw({ state: desk.state, facts: board.facts, deeds }));
  keyboard.attach();
  bindPage(desk, board, outbox);
  desk.prepare(Number(imageId));
  await openFirst(desk, { client, board }, Number(projectId), Number(imageId));
  await outbox.sweep();
}

/**
 * @param {Desk} desk
 * @param {{client: import("../api/client.js").Client, board: Board}} parts
 * @param {number} project
 * @param {number} image
 */
async function openFirst(desk, { client, board }, project, image) {
  try {
    board.show({ project: await fetchProject(client, project) });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const action = { words: "Try again", command: "reload" };
    board.show({ loading: false, trouble: { words: "The project cannot be opened", why, action } });
    return;
  }
  await desk.open(image, { push: false });
}

/**
 * Draw once after all changes of one turn.
 * @param {Desk} desk
 * @param {Board} board
 * @param {() => void} draw
 */
function scheduleDraws(desk, board, draw) {
  let isAsked = false;
  const ask = () => {
    if (isAsked) return;
    isAsked = true;
    queueMicrotask(() => {
      isAsked = false;
      draw();
    });
  };
  board.subscribe(ask);
  desk.onState(ask);
  ask();
}

/**
 * @param {Desk} desk
 * @param {Board} board
 * @param {import("../api/outbox/outbox.js").Outbox} outbox
 */
function bindPage(desk, board, outbox) {
  const wake = () => {
    if (document.visibilityState !== "visible") return;
    outbox.wake();
    void outbox.sweep();
  };
  addEventListener("online", wake);
  document.addEventListener("visibilitychange", wake);
  addEventListener("popstate", () => void desk.followAddress());
  addEventListener("beforeunload", (event) => {
    const { unsent, durable } = board.facts.outbox;
    if (unsent > 0 && !durable) event.preventDefault();
  });
  const tick = () => board.show({ now: Date.now() });
  setInterval(() => document.visibilityState === "visible" && tick(), 1000);
}
