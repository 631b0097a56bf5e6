/** Which keys are in force: the default map with the tools' letters, a preset, one's own changes. */

import { fetchPreferences, fetchPreset, savePreferences } from "../api/account.js";
import { DEFAULT_MAP } from "../keys/defaultMap.js";
import { changesFrom, readChanges, remapped, storedChanges } from "../keys/remap.js";
import { t } from "../texts.js";
import { TOOLS } from "../tools/registry.js";

/**
 * @typedef {import("../keys/defaultMap.js").Binding} Binding
 * @typedef {import("../keys/remap.js").KeyChanges} KeyChanges
 * @typedef {import("../panels/view.js").KeyFacts} KeyFacts
 */

/** @type {readonly {readonly name: string, readonly title: string}[]} */
export const PRESETS = Object.freeze([
  { name: "default", title: "Maskwright" },
  { name: "cvat", title: "CVAT" },
  { name: "label_studio", title: "Label Studio" },
  { name: "labelimg", title: "labelImg" },
]);

/** @returns {readonly Binding[]} the default map, the tools' letters first */
export function fullMap() {
  const tools = TOOLS.map(({ name, title, hotkey }) => ({
    command: `tool:${name}`,
    keys: [hotkey],
    words: title,
    group: t("Tools"),
  }));
  return Object.freeze([...tools, ...DEFAULT_MAP]);
}

/** @returns {KeyFacts} */
export function firstKeys() {
  const map = fullMap();
  return Object.freeze({ presets: PRESETS, preset: "default", base: map, map, draft: null });
}

/** Keys are being changed, no command waits. */
const WAITING = Object.freeze({ command: "", press: "" });

/** Reads and keeps the map of the user who is logged in. */
export class KeyMaps {
  #parts;

  /**
   * @param {{client: import("../api/client.js").Client, board: import("./board.js").Board,
   *   toasts: import("../panels/toasts.js").Toasts}} parts
   */
  constructor(parts) {
    this.#parts = parts;
  }

  get #keys() {
    return this.#parts.board.facts.keys;
  }

  async load() {
    try {
      const { keymap, keys } = await fetchPreferences(this.#parts.client);
      await this.#lay(typeof keymap === "string" ? keymap : "default", readChanges(keys));
    } catch (error) {
      this.#parts.toasts.say(
        t("Your own keys could not be read: {why}", { why: inWords(error) }),
        "warn",
      );
    }
  }

  /** @param {string} preset its keys, and none of one's own */
  async choose(preset) {
    try {
      await this.#lay(preset, {});
    } catch (error) {
      this.#parts.toasts.say(
        t("These keys could not be read: {why}", { why: inWords(error) }),
        "bad",
      );
      return;
    }
    await this.#keep();
  }

  /**
   * @param {string} command
   * @param {readonly string[]} keys
   */
  async give(command, keys) {
    const { base, map } = this.#keys;
    const next = remapped(map, { [command]: keys });
    this.#show({ map: remapped(base, changesFrom(base, next)), draft: WAITING });
    await this.#keep();
  }

  /** @param {string} command back to what the preset says */
  async reset(command) {
    await this.give(command, keysIn(this.#keys.base, command));
  }

  /** @param {KeyFacts["draft"]} draft */
  draft(draft) {
    this.#show({ draft });
  }

  /** @param {Partial<KeyFacts>} facts */
  #show(facts) {
    this.#parts.board.show({ keys: Object.freeze({ ...this.#keys, ...facts }) });
  }

  /**
   * @param {string} preset
   * @param {KeyChanges} changes
   */
  async #lay(preset, changes) {
    const base = remapped(fullMap(), await presetKeys(preset));
    this.#show({ preset, base, map: remapped(base, changes) });
  }

  async #keep() {
    const { preset, base, map } = this.#keys;
    const keys = storedChanges(changesFrom(base, map));
    try {
      await savePreferences(this.#parts.client, { keymap: preset, keys });
    } catch (error) {
      this.#parts.toasts.say(
        t("These keys hold only on this page: {why}", { why: inWords(error) }),
        "warn",
      );
    }
  }
}

/** @param {string} name @returns {Promise<KeyChanges>} */
async function presetKeys(name) {
  if (name === "default" || !PRESETS.some((preset) => preset.name === name)) return {};
  return (await fetchPreset(new URL(`../keys/presets/${name}.json`, import.meta.url))).keys;
}

/**
 * @param {readonly Binding[]} map
 * @param {string} command
 */
function keysIn(map, command) {
  return map.find((binding) => binding.command === command)?.keys ?? [];
}

/** @param {unknown} error */
function inWords(error) {
  return error instanceof Error ? error.message : String(error);
}
