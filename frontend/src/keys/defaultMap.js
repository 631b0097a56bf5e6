/**
 * The default key map as data. The overlay of keys, the tooltips and the dispatcher all read it;
 * the letters
 * of tools come from the tools' registry.
 */

import { t } from "../texts.js";
import { IS_MAC } from "./system.js";

/**
 * @typedef {Object} Binding
 * @property {string} command
 * @property {readonly string[]} keys in the words of press.js, the first one is shown in tooltips
 * @property {string} words what it does
 * @property {string} group
 * @property {boolean} [repeats] goes on while the key is held
 * @property {string} [gives] the press that the tool in hand hears first, whatever the key is
 */
/** @typedef {{readonly keys: readonly string[], readonly words: string, readonly group: string}} Gesture */

const SKIP = IS_MAC ? "Alt+Enter" : "Ctrl+Space"; // a Mac keeps Space with Ctrl or Cmd for itself
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];

/** @type {readonly Binding[]} */
export const DEFAULT_MAP = Object.freeze([
  {
    command: "nextImage",
    keys: ["F", "Ctrl+ArrowRight"],
    words: t("Next image"),
    group: t("Images"),
  },
  {
    command: "previousImage",
    keys: ["D", "Ctrl+ArrowLeft"],
    words: t("Previous image"),
    group: t("Images"),
  },
  { command: "submit", keys: ["Ctrl+Enter"], words: t("Submit and next"), group: t("Images") },
  { command: "skip", keys: [SKIP], words: t("Skip, for later"), group: t("Images") },
  {
    command: "tellSaved",
    keys: ["Ctrl+S"],
    words: t("Saved? (every change is saved at once)"),
    group: t("Images"),
  },

  { command: "undo", keys: ["Ctrl+Z"], words: t("Undo"), group: t("Edit"), repeats: true },
  {
    command: "redo",
    keys: ["Ctrl+Shift+Z", "Ctrl+Y"],
    words: t("Redo"),
    group: t("Edit"),
    repeats: true,
  },
  {
    command: "remove",
    keys: ["Delete"],
    words: t("Delete the object, reject the suggestion"),
    group: t("Edit"),
    gives: "Delete",
  },
  {
    command: "takeBack",
    keys: ["Backspace"],
    words: t("Take the last click or point back; without one, as Del"),
    group: t("Edit"),
    gives: "Backspace",
  },
  {
    command: "accept",
    keys: ["Enter"],
    words: t("Accept the mask, close the shape, accept the suggestion"),
    group: t("Edit"),
    gives: "Enter",
  },
  { command: "copy", keys: ["Ctrl+C"], words: t("Copy"), group: t("Edit") },
  {
    command: "paste",
    keys: ["Ctrl+V"],
    words: t("Paste (also on the next image)"),
    group: t("Edit"),
  },
  { command: "duplicate", keys: ["Ctrl+D"], words: t("Duplicate"), group: t("Edit") },
  {
    command: "copyToNext",
    keys: ["Ctrl+B"],
    words: t("Copy the object to the next image"),
    group: t("Edit"),
  },
  {
    command: "raise",
    keys: ["PageUp"],
    words: t("Object up in the order"),
    group: t("Edit"),
    repeats: true,
  },
  {
    command: "lower",
    keys: ["PageDown"],
    words: t("Object down in the order"),
    group: t("Edit"),
    repeats: true,
  },
  { command: "selectAll", keys: ["Ctrl+A"], words: t("Select all objects"), group: t("Edit") },

  { command: "split", keys: ["Shift+M"], words: t("Split into its pieces"), group: t("Shape") },
  { command: "fillHoles", keys: ["Shift+F"], words: t("Fill holes"), group: t("Shape") },
  { command: "dropIslands", keys: ["Shift+I"], words: t("Drop islands"), group: t("Shape") },
  { command: "grow", keys: ["Shift+G"], words: t("Grow"), group: t("Shape"), repeats: true },
  { command: "shrink", keys: ["Shift+T"], words: t("Shrink"), group: t("Shape"), repeats: true },
  { command: "smooth", keys: ["Shift+S"], words: t("Smooth"), group: t("Shape"), repeats: true },
  { command: "mergeSelected", keys: [], words: t("Merge the selected objects"), group: t("Shape") },
  {
    command: "subtractOthers",
    keys: [],
    words: t("Subtract the others from the object selected last"),
    group: t("Shape"),
  },
  {
    command: "intersectOthers",
    keys: [],
    words: t("Keep what the selected objects share"),
    group: t("Shape"),
  },

  ...DIGITS.map((digit) => ({
    command: `label${digit}`,
    keys: [digit],
    words: t("Label {digit}", { digit }),
    group: t("Labels"),
  })),
  { command: "findLabel", keys: ["/"], words: t("Find a label by typing"), group: t("Labels") },
  {
    command: "judge",
    keys: ["T"],
    words: t("Accept above a score, reject the rest"),
    group: t("Labels"),
  },

  {
    command: "comment",
    keys: ["C"],
    words: t("Comment on the place under the pointer"),
    group: t("Help"),
  },
  {
    command: "keyCursor",
    keys: ["Shift+C"],
    words: t("Keyboard cursor on and off"),
    group: t("Tools"),
  },
  {
    command: "lastDrawingTool",
    keys: ["N"],
    words: t("The last drawing tool again"),
    group: t("Tools"),
    gives: "N",
  },
  {
    command: "another",
    keys: ["Tab"],
    words: t("Next candidate (Smart), next object (Select)"),
    group: t("Tools"),
    repeats: true,
    gives: "Tab",
  },
  {
    command: "anotherBack",
    keys: ["Shift+Tab"],
    words: t("Previous candidate, previous object"),
    group: t("Tools"),
    repeats: true,
    gives: "Shift+Tab",
  },
  {
    command: "lookCloser",
    keys: ["Z"],
    words: t("Look closer at a small object (Smart)"),
    group: t("Tools"),
    gives: "Z",
  },
  { command: "swap", keys: ["X"], words: t("Swap add and erase"), group: t("Tools") },
  {
    command: "brushSmaller",
    keys: ["["],
    words: t("Smaller brush"),
    group: t("Tools"),
    repeats: true,
    gives: "[",
  },
  {
    command: "brushLarger",
    keys: ["]"],
    words: t("Larger brush"),
    group: t("Tools"),
    repeats: true,
    gives: "]",
  },
  {
    command: "brushMuchSmaller",
    keys: ["Shift+["],
    words: t("Much smaller brush"),
    group: t("Tools"),
    repeats: true,
    gives: "Shift+[",
  },
  {
    command: "brushMuchLarger",
    keys: ["Shift+]"],
    words: t("Much larger brush"),
    group: t("Tools"),
    repeats: true,
    gives: "Shift+]",
  },
  { command: "brushShape", keys: [], words: t("Round or square brush"), group: t("Tools") },
  {
    command: "overlap",
    keys: ["Shift+O"],
    words: t("Overlap: protect locked, draw over, draw behind"),
    group: t("Tools"),
  },

  { command: "fit", keys: ["Shift+1"], words: t("Fit the image"), group: t("View") },
  { command: "actualSize", keys: ["Shift+0"], words: "100 %", group: t("View") },
  { command: "zoomToObject", keys: ["Shift+2"], words: t("Zoom to the object"), group: t("View") },
  { command: "zoomIn", keys: ["Ctrl+="], words: t("Zoom in"), group: t("View"), repeats: true },
  { command: "zoomOut", keys: ["Ctrl+-"], words: t("Zoom out"), group: t("View"), repeats: true },
  { command: "toggleMasks", keys: ["Q"], words: t("Masks on and off"), group: t("View") },
  { command: "peek", keys: ["\\"], words: t("Peek at the image while held"), group: t("View") },
  { command: "outlineOnly", keys: ["O"], words: t("Outlines only"), group: t("View") },
  {
    command: "adjust",
    keys: ["Shift+A"],
    words: t("View: brightness, contrast, channels, opacity"),
    group: t("View"),
  },
  { command: "resetLook", keys: [], words: t("Show the picture as it is"), group: t("View") },
  { command: "invertPicture", keys: [], words: t("Invert the picture"), group: t("View") },
  { command: "pixelGrid", keys: [], words: t("Pixel grid from 800 % on"), group: t("View") },
  { command: "minimap", keys: [], words: t("Minimap while zoomed in"), group: t("View") },
  { command: "rulers", keys: ["Shift+R"], words: t("Rulers in image pixels"), group: t("View") },
  {
    command: "heat",
    keys: ["Shift+U"],
    words: t("Colour suggestions by how unsure the model was"),
    group: t("View"),
  },
  {
    command: "diff",
    keys: ["Shift+D"],
    words: t("Diff: what changed since the pre-label"),
    group: t("View"),
  },
  { command: "patterns", keys: [], words: t("Patterns for labels"), group: t("View") },
  {
    command: "showVoid",
    keys: ["Shift+V"],
    words: t("Show what is not covered"),
    group: t("View"),
  },
  { command: "findVoid", keys: ["Shift+N"], words: t("Zoom to the next gap"), group: t("View") },
  { command: "hide", keys: ["Shift+H"], words: t("Hide or show the object"), group: t("View") },
  {
    command: "solo",
    keys: ["Shift+Q"],
    words: t("Show only the selected objects, or all again"),
    group: t("View"),
  },
  { command: "lock", keys: ["Shift+L"], words: t("Lock or unlock the object"), group: t("View") },

  { command: "palette", keys: ["Ctrl+K"], words: t("Find a command"), group: t("Help") },
  { command: "keys", keys: ["?", "F1"], words: t("Keys"), group: t("Help") },
]);

/**
 * What the stage and its tools understand by themselves; listed so that people find it.
 * @type {readonly Gesture[]}
 */
export const GESTURES = Object.freeze([
  { keys: ["Wheel"], words: t("Zoom at the cursor; a trackpad's scroll pans"), group: t("View") },
  { keys: ["Space", "Middle drag"], words: t("Pan while held"), group: t("View") },
  {
    keys: ["Arrows", "Shift+Arrows"],
    words: t("Nudge the object by 1 or 10 px (Select)"),
    group: t("Tools"),
  },
  { keys: ["Click", "Right click"], words: t("Inside, outside (Smart)"), group: t("Tools") },
  { keys: ["Drag"], words: t("Box prompt (Smart)"), group: t("Tools") },
  {
    keys: ["Alt"],
    words: t("The opposite while held: brush and eraser, inside and outside"),
    group: t("Tools"),
  },
  {
    keys: ["Arrows", "Shift+Arrows"],
    words: t("Move the keyboard cursor by 1 or 10 px"),
    group: t("Keyboard cursor"),
  },
  {
    keys: ["Space", "Enter"],
    words: t("Click there; Enter finishes what is half made first"),
    group: t("Keyboard cursor"),
  },
  { keys: ["Space+Arrows"], words: t("Draw while Space is held"), group: t("Keyboard cursor") },
  {
    keys: ["Alt+Enter"],
    words: t("Outside, erase: as Alt with the mouse"),
    group: t("Keyboard cursor"),
  },
  { keys: ["Esc"], words: t("Leave it"), group: t("Keyboard cursor") },
  { keys: ["Alt+Wheel"], words: t("Brush size, tolerance, granularity"), group: t("Tools") },
  { keys: ["Two fingers"], words: t("Pan and zoom"), group: t("Fingers and pen") },
  { keys: ["Tap of two"], words: t("Undo"), group: t("Fingers and pen") },
  { keys: ["Tap of three"], words: t("Redo"), group: t("Fingers and pen") },
  {
    keys: ["Long press", "Pen's button"],
    words: t("As the right button: outside, erase"),
    group: t("Fingers and pen"),
  },
  { keys: ["Pen's other end"], words: t("Erase"), group: t("Fingers and pen") },
  {
    keys: ["Pen"],
    words: t("Draws; once one was seen, fingers only pan and zoom"),
    group: t("Fingers and pen"),
  },
  {
    keys: ["Esc"],
    words: t("Cancel: the thing in hand, the selection, the tool; then Tab walks the page"),
    group: t("Tools"),
  },
]);

/**
 * The first key of a command, "" if it has none.
 * @param {string} command
 * @param {readonly Binding[]} [map]
 */
export function keyOf(command, map = DEFAULT_MAP) {
  return map.find((binding) => binding.command === command)?.keys[0] ?? "";
}

/**
 * Pairs of commands that one press would run both.
 * @param {readonly Binding[]} map
 * @returns {readonly (readonly [string, string])[]}
 */
export function clashes(map) {
  const pressed = map.flatMap(({ command, keys }) =>
    keys.map((key) => /** @type {const} */ ([key, command])),
  );
  return pressed.flatMap(([key, command], i) =>
    pressed
      .slice(i + 1)
      .filter(([other]) => other === key)
      .map(([, rival]) => /** @type {const} */ ([command, rival])),
  );
}
