/** The first steps: watches what the person does, and keeps in their profile how far they are. */

import { afresh, CLOSED, FIRST_STEPS, nextStep, stepsIn } from "../panels/firstSteps.js";
import { t } from "../texts.js";

/**
 * @typedef {import("./desk.js").Desk} Desk
 * @typedef {import("./desk.js").DeskParts} DeskParts
 */

export class HintDesk {
  #parts;
  /** @type {unknown} */
  #watched = null;

  /**
   * @param {Desk} desk
   * @param {Pick<DeskParts, "client" | "board" | "toasts">} parts
   */
  constructor(desk, parts) {
    this.#parts = parts;
    desk.onState(() => {
      const { store } = desk;
      if (!store || store === this.#watched) return;
      this.#watched = store;
      store.onChanges((set) => this.#did(stepsIn(set, store.state.session.tool)));
      store.watch(
        (state) => state.session.label,
        () => this.#did(["label"]),
      );
    });
  }

  /** @param {string} command of the key map that was run */
  ran(command) {
    if (command === "submit" && this.#parts.board.facts.readOnly === "") this.#did(["submit"]);
  }

  close() {
    this.#keep([...this.#seen, CLOSED]);
  }

  restart() {
    this.#parts.board.show({ dialog: "", search: "" });
    this.#keep(afresh(this.#seen));
  }

  get #seen() {
    return this.#parts.board.facts.hints;
  }

  /** @param {readonly string[]} names */
  #did(names) {
    const fresh = names.filter((name) => !this.#seen.includes(name));
    if (fresh.length === 0 || nextStep(this.#seen) === null) return;
    const seen = [...this.#seen, ...fresh];
    this.#keep(seen);
    if (FIRST_STEPS.every(({ name }) => seen.includes(name)))
      this.#parts.toasts.say(t("These were the first steps. Press ? for every key."), "good");
  }

  /** @param {readonly string[]} seen */
  #keep(seen) {
    const { client, board, toasts } = this.#parts;
    board.show({ hints: seen });
    client.send("PATCH", "me/", { json: { preferences: { hints_seen: seen } } }).catch((error) => {
      const why = error instanceof Error ? error.message : String(error);
      toasts.say(t("The hints may come again: {why}", { why }));
    });
  }
}
