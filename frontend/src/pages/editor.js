/** The editor page: everything below it put together. */

import { openOutbox } from "../api/outbox/open.js";
import { API_BASE, clientOfPage, instanceOf } from "../api/pageClient.js";
import { fetchProject } from "../api/projects.js";
import { Toasts } from "../panels/toasts.js";
import { sayTyped } from "../panels/typed.js";
import { t } from "../texts.js";
import { attachSliderWheel } from "../tools/sliderWheel.js";
import { Abilities } from "./abilities.js";
import { readAddress } from "./address.js";
import { Board } from "./board.js";
import { prepareMerges } from "./conflictDesk.js";
import { createDeeds } from "./deeds.js";
import { Desk } from "./desk.js";
import { DiffDesk } from "./diffDesk.js";
import { HintDesk } from "./hintDesk.js";
import { Keyboard } from "./keyboard.js";
import { KeyMaps } from "./keyMaps.js";
import { LoginDesk } from "./loginDesk.js";
import { watchOvertaken } from "./overtaken.js";
import { PastDesk } from "./pastDesk.js";
import { buildShell } from "./shell.js";
import { TalkDesk } from "./talkDesk.js";
import { readTheme } from "./themeSwitch.js";
import { UndoShelf } from "./undoShelf.js";
import { keepView, readView } from "./viewKeeper.js";

/** @param {HTMLElement} root */
export async function openEditor(root) {
  const { imageId, projectId, api: base = API_BASE, user: username = "" } = root.dataset;
  const hints = (root.dataset.hints ?? "").split(",").filter(Boolean);
  const { ordering } = readAddress(location);
  const board = new Board({ username, theme: readTheme(), now: Date.now(), ordering, hints });
  const toasts = new Toasts(/** @type {HTMLElement} */ (document.getElementById("toasts")));
  const login = new LoginDesk(clientOfPage(document, { base }), board);
  const client = clientOfPage(document, { base, login: (refusal) => login.ask(refusal) });
  const { stage: place, draw } = buildShell(root);
  const scope = `${instanceOf(document)}:${username}`;
  const [outbox, shelf] = await Promise.all([
    openOutbox(client, scope),
    UndoShelf.open(scope, { client, toasts }),
  ]);
  const look = readView(root.dataset.view ?? "");
  const abilities = new Abilities(client);
  const parts = { root, place, client, outbox, shelf, board, toasts, login, look, abilities };
  const desk = new Desk(parts);
  const weigh = (/** @type {number | null} */ threshold) => deeds.show({ threshold });
  const talk = new TalkDesk(desk, parts);
  const diff = new DiffDesk(desk, parts);
  const keyMaps = new KeyMaps(parts);
  const firstSteps = new HintDesk(desk, parts);
  const keyboard = new Keyboard(desk, {
    ...parts,
    weigh,
    comment: () => talk.pin(),
    diff: () => diff.toggle(),
    ran: (command) => firstSteps.ran(command),
  });
  const deeds = createDeeds(desk, {
    ...parts,
    past: new PastDesk(desk, parts),
    diff,
    talk,
    hints: firstSteps,
    keys: keyDeeds(keyMaps),
    run: (command) => keyboard.run(command),
    runAsKey: (command) => keyboard.runAsKey(command),
  });
  scheduleDraws(desk, board, () => draw({ state: desk.state, facts: board.facts, deeds }));
  keyboard.attach();
  attachSliderWheel(document.body);
  keepView(desk, parts);
  void keyMaps.load();
  bindPage(desk, { board, outbox, talk });
  prepareMerges(parts);
  watchOvertaken(desk, parts);
  desk.prepare(Number(imageId));
  await openFirst(desk, { client, board, abilities }, Number(projectId), Number(imageId));
  await outbox.sweep();
}

/** @param {KeyMaps} keyMaps @returns {import("../panels/view.js").KeyDeeds} */
function keyDeeds(keyMaps) {
  return {
    choose: (preset) => void keyMaps.choose(preset),
    draft: (draft) => keyMaps.draft(draft),
    give: (command, keys) => void keyMaps.give(command, keys),
    reset: (command) => void keyMaps.reset(command),
  };
}

/**
 * @param {Desk} desk
 * @param {{client: import("../api/client.js").Client, board: Board, abilities: Abilities}} parts
 * @param {number} project
 * @param {number} image
 */
async function openFirst(desk, { client, board, abilities }, project, image) {
  try {
    const known = await fetchProject(client, project);
    board.show({ project: known });
    void abilities
      .answererOf("exemplars", known.segmenter)
      .then(({ missing }) => board.show({ alikeMissing: missing }));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const action = { words: t("Try again"), command: "reload" };
    board.show({
      loading: false,
      trouble: { words: t("The project cannot be opened"), why, action },
    });
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
 * @param {{board: Board, outbox: import("../api/outbox/outbox.js").Outbox, talk: TalkDesk}} parts
 */
function bindPage(desk, { board, outbox, talk }) {
  const wake = () => {
    outbox.wake(); // also when the page is hidden: its timers will hardly run from now on
    if (document.visibilityState === "visible") void outbox.sweep();
  };
  addEventListener("online", wake);
  addEventListener("pageshow", wake);
  document.addEventListener("resume", wake);
  document.addEventListener("visibilitychange", wake);
  addEventListener("popstate", () => void desk.followAddress());
  addEventListener("beforeunload", (event) => {
    sayTyped(); // a key that closes or reloads leaves the focus in the field
    const { unsent, durable } = outbox.status();
    if ((unsent > 0 && !durable) || talk.hasUnsent) event.preventDefault();
  });
  const tick = () => board.show({ now: Date.now() });
  setInterval(() => document.visibilityState === "visible" && tick(), 1000);
}
