// Login in place: why it is asked for, and who must come back.
import { expect, test } from "vitest";
import { ApiProblem } from "../../../frontend/src/api/client.js";
import { clientOfPage } from "../../../frontend/src/api/pageClient.js";
import { Board } from "../../../frontend/src/pages/board.js";
import { LoginDesk } from "../../../frontend/src/pages/loginDesk.js";

const ENDED = new ApiProblem({ status: 401, code: "not_authenticated", detail: "Log in." });
const OTHER = new ApiProblem({ status: 401, code: "other_user", detail: "Somebody else is here." });

/** A desk of ann's page, in a browser whose session is of whom the answer says. */
function desk(sessionOf) {
  const board = new Board({ username: "ann" });
  const send = async () => ({ data: { username: sessionOf() } });
  return { board, login: new LoginDesk(/** @type {any} */ ({ send }), board) };
}

test("a session that has ended needs no more words; one that is another's is told", () => {
  const { board, login } = desk(() => "bob");

  void login.ask(ENDED);
  expect(board.facts).toMatchObject({ dialog: "login", loginProblem: "" });
  void login.ask(OTHER);
  expect(board.facts).toMatchObject({ dialog: "login", loginProblem: "Somebody else is here." });
});

test("only the person whose page it is goes on", async () => {
  let session = "bob";
  const { board, login } = desk(() => session);
  const asked = login.ask(OTHER);

  await login.endBy(true);
  expect(board.facts).toMatchObject({
    dialog: "login",
    loginProblem: "Not logged in as ann yet.",
  });
  session = "ann";
  await login.endBy(true);

  expect(await asked).toBe(true);
  expect(board.facts.dialog).toBe("");
});

test("a page's client names whose page it is, as its head says", () => {
  const metas = { "csrf-cookie": "csrf", "acting-user": "17" };
  const page = /** @type {any} */ ({
    cookie: "csrf=tok",
    querySelector: (words) => {
      const name = /name="(.+)"/.exec(words)?.[1] ?? "";
      return metas[name] ? { getAttribute: () => metas[name] } : null;
    },
  });

  expect(clientOfPage(page).guards()).toEqual({ "X-CSRFToken": "tok", "X-Acting-User": "17" });
});
