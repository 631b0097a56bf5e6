/**
 * When a person has stopped moving the picture: until then what takes a processor for a second, as
 * to compile WebAssembly does, would make every frame late.
 */

const LOOK_MS = 100;
const QUIET_MS = 300;
const LATEST_MS = 5_000; // whoever never rests wants the model as well

/**
 * @param {() => unknown} viewOf another value whenever the picture was moved
 * @param {(ms: number) => Promise<void>} sleep
 */
export async function stillness(viewOf, sleep) {
  let seen = viewOf();
  let quiet_ms = 0;
  for (let waited_ms = 0; quiet_ms < QUIET_MS && waited_ms < LATEST_MS; waited_ms += LOOK_MS) {
    await sleep(LOOK_MS);
    const view = viewOf();
    quiet_ms = view === seen ? quiet_ms + LOOK_MS : 0;
    seen = view;
  }
}
