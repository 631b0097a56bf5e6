import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AS_IT_IS } from "../../../frontend/src/model/pictureLook.js";
import { keepView, readView } from "../../../frontend/src/pages/viewKeeper.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A desk whose session can be set, and what was sent to the server. */
function opened() {
  const sent = [];
  let changed = () => {};
  const desk = {
    state: null,
    onState: (listener) => {
      changed = listener;
    },
  };
  const client = { send: async (method, path, { json }) => sent.push([method, path, json]) };
  const said = [];
  keepView(desk, { client, toasts: { say: (...words) => said.push(words) } });
  let session = {
    picture: AS_IT_IS,
    opacity: 0.4,
    outlineOnly: false,
    gridShown: true,
    minimapShown: true,
    rulersShown: false,
    heatSignal: "score",
    patterns: false,
    wheel: "auto",
  };
  const look = (part) => {
    session = { ...session, ...part };
    desk.state = { session };
    changed();
  };
  return { look, sent, said, client };
}

test("a slider at rest is saved once, the first look never", async () => {
  const { look, sent } = opened();
  look({});
  await vi.runAllTimersAsync();
  expect(sent).toEqual([]);

  look({ picture: { ...AS_IT_IS, contrast: 1.2 } });
  look({ picture: { ...AS_IT_IS, contrast: 1.3 } });
  look({ pointer: { x: 1, y: 1 } });
  await vi.runAllTimersAsync();

  const preferences = {
    picture: { ...AS_IT_IS, contrast: 1.3 },
    mask_opacity: 0.4,
    outline_only: false,
    pixel_grid: true,
    minimap: true,
    rulers: false,
    heat_signal: "score",
    patterns: false,
    wheel: "auto",
  };
  expect(sent).toEqual([["PATCH", "me/", { preferences }]]);
});

test("a look that could not be saved is told", async () => {
  const { look, said, client } = opened();
  client.send = async () => {
    throw new Error("no network");
  };
  look({});
  look({ opacity: 0.7 });
  await vi.runAllTimersAsync();

  expect(said).toEqual([["How the picture is shown holds only on this page: no network", "warn"]]);
});

test("the page's own data becomes a session's part", () => {
  expect(
    readView(
      '{"mask_opacity": 0.7, "pixel_grid": false, "rulers": true, "heat_signal": "stability", "outline_only": 1, "wheel": "pan"}',
    ),
  ).toEqual({
    picture: AS_IT_IS,
    opacity: 0.7,
    gridShown: false,
    rulersShown: true,
    heatSignal: "stability",
    wheel: "pan",
  });
  expect(readView('{"wheel": "spin"}')).toEqual({ picture: AS_IT_IS });
  expect(readView("")).toEqual({ picture: AS_IT_IS });
});
