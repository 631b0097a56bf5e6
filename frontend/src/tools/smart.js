/**
 * S: the mask that a click would make shows under the pointer; clicks and boxes become masks. Left
 * is inside, right or Alt (or a long press) outside, a drag is a box, a click on a point removes it.
 * Backspace takes the last click back, Tab goes through the candidates, Z looks closer at a small
 * object, Enter or N accepts the mask shown, Esc cancels. A drag with Shift finds all objects like
 * the one in the box. With Ctrl held clicks are collected and
 * asked about on release. An object selected by the person is refined; else a new one is made.
 *
 * What was clicked is a value, and every click keeps the one before it with its answer, so that
 * taking back asks nobody.
 */

import { boxBetween } from "../geometry/box.js";
import { area } from "../geometry/rle.js";
import { toScreen } from "../geometry/viewport.js";
import { t } from "../texts.js";
import { paintColor } from "./colors.js";
import { Foresight } from "./foresight.js";
import { editableSelection } from "./hits.js";
import { optionValue } from "./options.js";
import { Predictions } from "./predictions.js";
import { acceptMask } from "./smartAccept.js";
import {
  clicksOn,
  closer,
  distance,
  isClicked,
  isMeant,
  isSmall,
  likest,
  promptOf,
  seenCloser,
  statusOf,
  withBox,
  withClick,
  without,
} from "./smartClicks.js";

/** @typedef {import("../types.js").Candidate} Candidate */
/** @typedef {import("../types.js").BoxXyxy} BoxXyxy */
/** @typedef {import("../types.js").KeySample} KeySample */
/** @typedef {import("../types.js").OverlayShape} OverlayShape */
/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../types.js").Tool} Tool */
/** @typedef {import("../types.js").ToolContext} ToolContext */
/** @typedef {import("../types.js").ToolHand} ToolHand */
/** @typedef {import("./smartClicks.js").Clicks} Clicks */

const DRAG_PX = 5; // screen_px; less is a click
const POINT_PX = 10; // screen_px around a point that count as the point

/** @type {import("../types.js").SwitchOption} */
export const ALIKE = {
  kind: "switch",
  name: "smartAlike",
  words: t("All alike"),
  title: t("A box finds all objects like the one in it  Shift+drag"),
  first: false,
};

/** @type {Tool} */
export const smart = {
  name: "smart",
  title: t("Smart"),
  hotkey: "S",
  draws: true,
  cursor: "crosshair",
  goal: "refined",
  options: Object.freeze([ALIKE]),
  gestures: Object.freeze([
    { keys: ["Click"], words: t("Inside; the right button or Alt: outside") },
    { keys: ["Drag"], words: t("A box around the object; clicks may go with it") },
    { keys: ["Shift+Drag"], words: t("Find all like this: a box around one of them") },
    { keys: ["Click on a point"], words: t("Remove it") },
    { keys: ["Tab"], words: t("Other candidates, with their scores") },
    { keys: ["Z"], words: t("Look closer at a small object") },
    { keys: ["Backspace"], words: t("Take the last click back") },
    { keys: ["Enter", "N"], words: t("Accept the mask, and on to the next object") },
  ]),
  take: (context) => new SmartHand(context),
};

/** @implements {ToolHand} */
class SmartHand {
  #store;
  #services;
  #describe;
  #predictions;
  /** @type {Foresight | null} */
  #foresight = null;
  /** @type {Clicks} */
  #now = clicksOn(null);
  /** @type {readonly Clicks[]} */
  #past = [];
  /** @type {readonly Clicks[]} */
  #future = [];
  /** @type {PointerSample | null} */
  #pressed = null;
  /** @type {BoxXyxy | null} */
  #rubber = null;
  #collects = false;
  #stopWatching;

  /** @param {ToolContext} context */
  constructor({ store, services, describe }) {
    this.#store = store;
    this.#services = services;
    this.#describe = describe;
    this.#predictions = new Predictions(services.predict, {
      answer: (candidates) => this.#answer(candidates),
      fail: (error) => services.notify(error.message, "error"),
      busy: (busy) => store.update({ busy }),
    });
    const { foresee } = services;
    if (foresee) this.#foresight = new Foresight(foresee, () => this.#show());
    this.#stopWatching = store.watch(
      ({ session }) => session.selection,
      () => this.#followSelection(),
    );
    this.#refine(editableSelection(store.state)?.id ?? null);
    const { pointer } = store.state.session; // it may rest on the object that S was pressed for
    if (pointer) this.hover({ image: pointer, primary: true, alt: false });
  }

  disable() {
    this.#stopWatching();
    this.#predictions.forget();
    this.#foresight?.forget();
    this.#store.update({ refines: null });
  }

  /** @param {Pick<PointerSample, "image" | "primary" | "alt">} sample */
  hover(sample) {
    if (!this.#isEmpty()) return;
    if (sample.alt || !this.#isInside(sample.image)) this.#foresight?.forget();
    else this.#foresight?.ask(promptOf(withClick(this.#now, sample)));
  }

  leave() {
    if (this.#isEmpty()) this.#foresight?.forget();
  }

  /** @param {PointerSample} sample */
  down(sample) {
    this.#pressed = sample;
    this.#rubber = null;
    this.#foresight?.hold();
  }

  /** @param {readonly PointerSample[]} samples */
  drag(samples) {
    const last = samples.at(-1);
    if (!last || !this.#pressed?.primary) return;
    if (!this.#rubber && distance(last.screen, this.#pressed.screen) < DRAG_PX) return;
    const { image } = this.#store.state.document;
    this.#foresight?.forget();
    this.#rubber = boxBetween(this.#pressed.image, last.image, image);
    this.#show();
  }

  /** @param {PointerSample} sample */
  up(sample) {
    const pressed = this.#pressed;
    const rubber = this.#rubber;
    this.abort();
    if (!pressed) return;
    this.#collects = sample.ctrl;
    const isExample = pressed.shift || optionValue(this.#store.state.session, ALIKE);
    if (rubber && isExample) this.#services.findAlike?.(rubber);
    else if (rubber) this.#advance(withBox(this.#now, rubber));
    else this.#click(pressed);
  }

  abort() {
    this.#pressed = null;
    this.#rubber = null;
    this.#show();
  }

  cancel() {
    if (!this.#isEmpty()) {
      this.#clear(this.#now.target);
      return true;
    }
    if (this.#now.target === null) return false;
    this.#refine(null);
    this.#store.update({ selection: [] });
    return true;
  }

  /** @param {KeySample} sample */
  key(sample) {
    if (sample.ctrl || sample.alt) return false;
    if (sample.key === "Tab") return this.#choose(sample.shift ? -1 : 1);
    if (sample.shift) return false; // Shift with a letter is another key
    if (sample.key === "Enter" || sample.key === "n") return this.#accept();
    if (sample.key === "Backspace") return this.undo();
    return sample.key === "z" && this.#lookCloser();
  }

  /** @param {KeySample} sample */
  keyUp(sample) {
    const released = sample.key === "Control" || sample.key === "Meta";
    if (!released || !this.#collects) return false;
    this.#collects = false;
    this.#ask();
    return true;
  }

  undo() {
    const before = this.#past.at(-1);
    if (!before) return false;
    this.#future = [...this.#future, this.#now];
    this.#past = this.#past.slice(0, -1);
    this.#return(before);
    return true;
  }

  redo() {
    const after = this.#future.at(-1);
    if (!after) return false;
    this.#past = [...this.#past, this.#now];
    this.#future = this.#future.slice(0, -1);
    this.#return(after);
    return true;
  }

  /** What the person selects while nothing is half made is refined next. */
  #followSelection() {
    if (!this.#isEmpty()) return;
    this.#refine(editableSelection(this.#store.state)?.id ?? null);
    this.#foresight?.forget();
  }

  /** @param {string | null} id of the object whose mask the next clicks start from */
  #refine(id) {
    const object = id === null ? undefined : this.#store.state.document.objects.get(id);
    this.#now = clicksOn(object ?? null);
    this.#store.update({ refines: object?.id ?? null });
  }

  /** @param {PointerSample} sample */
  #click(sample) {
    const { session } = this.#store.state;
    const hit = this.#now.points.find(
      ({ at }) => distance(toScreen(session.view, at), sample.screen) <= POINT_PX,
    );
    if (hit) this.#advance(without(this.#now, hit));
    else if (this.#isInside(sample.image)) this.#advance(withClick(this.#now, sample));
  }

  /** @param {Point} at */
  #isInside({ x, y }) {
    const { width, height } = this.#store.state.document.image;
    return x >= 0 && y >= 0 && x < width && y < height;
  }

  /** @param {Clicks} clicks a step further; what was clicked before can be returned to */
  #advance(clicks) {
    this.#past = [...this.#past, this.#now];
    this.#future = [];
    // The old preview stays until the answer comes: a mask that blinks is harder to judge.
    this.#now = { ...clicks, isAnswered: false };
    if (this.#collects) this.#predictions.forget();
    else this.#ask();
    this.#show();
  }

  /** @param {Clicks} clicks one that was there before */
  #return(clicks) {
    this.#now = clicks;
    this.#predictions.forget();
    if (!clicks.isAnswered) this.#ask();
    this.#show();
  }

  #ask() {
    if (isMeant(this.#now)) {
      this.#predictions.ask(promptOf(this.#now));
      return;
    }
    this.#predictions.forget();
    this.#foresight?.forget();
    this.#now = { ...this.#now, candidates: null, chosen: 0 };
  }

  /** @param {readonly Candidate[]} candidates */
  #answer(candidates) {
    const chosen = likest(candidates, this.#foresight?.shown?.rle ?? null);
    this.#foresight?.forget();
    const isCloser = this.#now.isCloser && candidates.every(({ logits }) => logits === null);
    this.#now = { ...this.#now, candidates, chosen, isCloser, isAnswered: true };
    if (candidates.length === 0) this.#services.notify(t("Nothing was found there."), "info");
    this.#show();
    void this.#sharpen();
  }

  /** What is small is answered at once, and better a moment later, if nothing is done meanwhile. */
  async #sharpen() {
    const answered = this.#now;
    const closely = seenCloser(answered, this.#store.state.document.image);
    const prompt = closely && { ...promptOf(closely), isCloser: true };
    const candidates = prompt ? ((await this.#services.lookCloser?.(prompt)) ?? []) : [];
    if (!closely || candidates.length === 0 || this.#now !== answered) return;
    this.#now = { ...closely, candidates, chosen: 0 };
    this.#show();
  }

  /** @param {1 | -1} step */
  #choose(step) {
    const count = this.#now.candidates?.length ?? 0;
    if (count === 0) return !this.#isEmpty();
    if (count === 1 && !this.#now.isWide) {
      this.#now = { ...this.#now, isWide: true }; // one was asked for; now all of them are
      this.#ask();
      return true;
    }
    this.#now = { ...this.#now, chosen: (this.#now.chosen + step + count) % count };
    this.#show();
    return true;
  }

  #lookCloser() {
    const shown = this.#shown()?.rle ?? this.#now.base;
    if (!shown || area(shown) === 0 || this.#now.region) return !this.#isEmpty();
    this.#advance(closer(this.#now, shown, this.#store.state.document.image));
    return true;
  }

  #accept() {
    if (this.#isEmpty()) return false;
    if (this.#store.state.session.busy) {
      this.#services.notify(t("The mask is still being made."), "info");
      return true;
    }
    const candidate = this.#shown();
    if (!candidate || area(candidate.rle) === 0) {
      this.#services.notify(t("There is no mask to accept."), "info");
      return true;
    }
    const context = { store: this.#store, services: this.#services };
    const id = acceptMask(context, candidate, this.#now.target);
    if (id === null) return true;
    this.#store.update({ selection: [id] });
    this.#clear(null);
    return true;
  }

  #shown() {
    return this.#now.candidates?.[this.#now.chosen] ?? null;
  }

  /** @param {string | null} target what the next clicks refine */
  #clear(target) {
    this.#predictions.forget();
    this.#foresight?.forget();
    this.#past = [];
    this.#future = [];
    this.#collects = false;
    this.#refine(target);
    this.#show();
  }

  #isEmpty() {
    return this.#past.length === 0 && !isClicked(this.#now);
  }

  #show() {
    const { document, session } = this.#store.state;
    const { points, box, candidates, target } = this.#now;
    /** @type {OverlayShape[]} */
    const shapes = [];
    const candidate = this.#shown();
    const color = paintColor(document, target, session.label);
    const choices = candidates?.length ?? 0;
    // Until the answer comes, what was seen before the click stays.
    const ghost = candidate ? null : (this.#foresight?.shown ?? null);
    if (ghost) shapes.push({ kind: "ghost", rle: ghost.rle, color });
    if (candidate) {
      const { region, isCloser } = this.#now;
      const small = isSmall(candidate.rle, document.image) && !region && !isCloser;
      shapes.push({ kind: "preview", rle: candidate.rle, color, choices, small });
    }
    const drawn = this.#rubber ?? box;
    if (drawn) shapes.push({ kind: "box", box: drawn, dashed: true });
    points.forEach(({ at, positive }, index) => {
      shapes.push({ kind: "point", at, positive, newest: index === points.length - 1 });
    });
    const isOutside = points.length > 0 && !isMeant(this.#now);
    const words = isOutside ? t("Now a click inside of the object.") : "";
    this.#describe(shapes, candidate ? statusOf(this.#now) : words);
  }
}
