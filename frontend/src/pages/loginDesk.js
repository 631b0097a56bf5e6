/** Asks for a login in place when the session has ended, once for everything that waits for it. */

import { isLoggedInAs, logIn } from "../api/account.js";
import { t } from "../texts.js";

/** @typedef {import("../api/client.js").Client} Client */

/** After "not now" nobody is asked again for a while; the unsent stay visible. */
const PEACE_MS = 60_000;

export class LoginDesk {
  #bare;
  #board;
  /** @type {((done: boolean) => void) | null} */
  #answer = null;
  #declinedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param {Client} bare a client that does not itself ask for a login
   * @param {import("./board.js").Board} board
   */
  constructor(bare, board) {
    this.#bare = bare;
    this.#board = board;
  }

  /**
   * @param {import("../api/client.js").ApiProblem} refusal why it takes a login
   * @returns {Promise<boolean>} whether the same person is logged in again
   */
  ask({ code, message }) {
    if (Date.now() - this.#declinedAt < PEACE_MS) return Promise.resolve(false);
    this.#board.show({ dialog: "login", loginProblem: code === "other_user" ? message : "" });
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  /** A person's click counts more than peace. */
  permit() {
    this.#declinedAt = Number.NEGATIVE_INFINITY;
  }

  /**
   * @param {string} username
   * @param {string} password
   */
  async logIn(username, password) {
    const problem = await logIn(this.#bare, { username, password });
    if (problem) this.#board.show({ loginProblem: problem });
    else this.#end(true);
  }

  /** @param {boolean} done the person says that they have logged in elsewhere */
  async endBy(done) {
    if (!done) {
      this.#declinedAt = Date.now();
      this.#end(false);
    } else if (await isLoggedInAs(this.#bare, this.#board.facts.username)) {
      this.#end(true);
    } else {
      this.#board.show({
        loginProblem: t("Not logged in as {name} yet.", { name: this.#board.facts.username }),
      });
    }
  }

  /** @param {boolean} done */
  #end(done) {
    this.#board.show({ dialog: "", loginProblem: "" });
    this.#answer?.(done);
    this.#answer = null;
  }
}
