/** The editor page: everything below it put together. */

import { fetchUsername } from "../api/account.js";
import { createClient, readCookie } from "../api/client.js";
import { openOutbox } from "../api/outbox/open.js";
import { fetchProject } from "../api/projects.js";
import { Toasts } from "../panels/toasts.js";
import { Board } from "./board.js";
import { createDeeds } from "./deeds.js";
import { Desk } from "./desk.js";
import { Keyboard } from "./keyboard.js";
import { LoginDesk } from "./loginDesk.js";
import { buildShell } from "./shell.js";
import { readTheme } from "./themeSwitch.js";

/**
 * @param {HTMLElement} root
 */
export async function openEditor(root) {
  const { imageId, projectId, api = "/api/v1/", user = "" } = root.dataset;
  const board = new Board({ username: user, theme: readTheme(), now: Date.now() });
  const toasts = new Toasts(/** @type {HTMLElement} */ (document.getElementById("toasts")));
  const csrfCookie = metaContent("csrf-cookie");
  const csrfToken = () => readCookie(document.cookie, csrfCookie);
  const login = new LoginDesk(createClient({ base: api, csrfToken }), board);
  const client = createClient({ base: api, csrfToken, login: () => login.ask() });
  const { stage, draw } = buildShell(root);
  const username = user || (await fetchUsername(client));
  board.show({ username });
  const outbox = await openOutbox(client, `${csrfCookie}:${username}`);
  const parts = { root, place: stage, client, outbox, board, toasts, login };
  const desk = new Desk(parts);
  const keyboard = new Keyboard(desk, {
    ...parts,
    weigh: (threshold) => deeds.show({ threshold }),
  });
  const deeds = createDeeds(desk, { ...parts, run: (command) => keyboard.run(command) });
  scheduleDraws(desk, board, () => draw({ state: desk.state, facts: board.facts, deeds }));
  keyboard.attach();
  bindPage(desk, board, outbox);
  board.show({ project: await fetchProject(client, Number(projectId)) });
  await desk.open(Number(imageId), { push: false });
  await outbox.sweep();
}

/** @param {string} name */
function metaContent(name) {
  return document.querySelector(`meta[name="${name}"]`)?.getAttribute("content") ?? "";
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
    if (document.visibilityState === "visible") outbox.wake();
  };
  addEventListener("online", () => outbox.wake());
  addEventListener("visibilitychange", wake);
  addEventListener("popstate", () => void desk.followAddress());
  addEventListener("beforeunload", (event) => {
    const { unsent, durable } = board.facts.outbox;
    if (unsent > 0 && !durable) event.preventDefault();
  });
  const tick = () => board.show({ now: Date.now() });
  setInterval(() => document.visibilityState === "visible" && tick(), 1000);
}
