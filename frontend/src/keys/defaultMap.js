/**
 * The default key map as data. The overlay of keys, the tooltips and the dispatcher all read it;
 * the letters
 * of tools come from the tools' registry.
 */

/**
 * @typedef {Object} Binding
 * @property {string} command
 * @property {readonly string[]} keys in the words of press.js, the first one is shown in tooltips
 * @property {string} words what it does
 * @property {string} group
 * @property {boolean} [repeats] goes on while the key is held
 */
/** @typedef {{readonly keys: readonly string[], readonly words: string, readonly group: string}} Gesture */

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];

/** @type {readonly Binding[]} */
export const DEFAULT_MAP = Object.freeze([
  { command: "nextImage", keys: ["F", "Ctrl+ArrowRight"], words: "Next image", group: "Images" },
  {
    command: "previousImage",
    keys: ["D", "Ctrl+ArrowLeft"],
    words: "Previous image",
    group: "Images",
  },
  { command: "submit", keys: ["Ctrl+Enter"], words: "Submit and next", group: "Images" },
  { command: "skip", keys: ["Ctrl+Space"], words: "Skip, for later", group: "Images" },
  {
    command: "tellSaved",
    keys: ["Ctrl+S"],
    words: "Saved? (every change is saved at once)",
    group: "Images",
  },

  { command: "undo", keys: ["Ctrl+Z"], words: "Undo", group: "Edit", repeats: true },
  {
    command: "redo",
    keys: ["Ctrl+Shift+Z", "Ctrl+Y"],
    words: "Redo",
    group: "Edit",
    repeats: true,
  },
  {
    command: "remove",
    keys: ["Delete", "Backspace"],
    words: "Delete the object, reject the suggestion",
    group: "Edit",
  },
  { command: "accept", keys: ["Enter"], words: "Accept the selected suggestion", group: "Edit" },
  { command: "copy", keys: ["Ctrl+C"], words: "Copy", group: "Edit" },
  { command: "paste", keys: ["Ctrl+V"], words: "Paste (also on the next image)", group: "Edit" },
  { command: "duplicate", keys: ["Ctrl+D"], words: "Duplicate", group: "Edit" },
  {
    command: "raise",
    keys: ["PageUp"],
    words: "Object up in the order",
    group: "Edit",
    repeats: true,
  },
  {
    command: "lower",
    keys: ["PageDown"],
    words: "Object down in the order",
    group: "Edit",
    repeats: true,
  },
  { command: "selectAll", keys: ["Ctrl+A"], words: "Select all objects", group: "Edit" },

  ...DIGITS.map((digit) => ({
    command: `label${digit}`,
    keys: [digit],
    words: `Label ${digit}`,
    group: "Labels",
  })),
  { command: "findLabel", keys: ["/"], words: "Find a label by typing", group: "Labels" },
  {
    command: "judge",
    keys: ["T"],
    words: "Accept above a score, reject the rest",
    group: "Labels",
  },

  { command: "lastDrawingTool", keys: ["N"], words: "The last drawing tool again", group: "Tools" },
  { command: "swap", keys: ["X"], words: "Swap add and erase", group: "Tools" },
  { command: "brushSmaller", keys: ["["], words: "Smaller brush", group: "Tools", repeats: true },
  { command: "brushLarger", keys: ["]"], words: "Larger brush", group: "Tools", repeats: true },
  {
    command: "brushMuchSmaller",
    keys: ["Shift+["],
    words: "Much smaller brush",
    group: "Tools",
    repeats: true,
  },
  {
    command: "brushMuchLarger",
    keys: ["Shift+]"],
    words: "Much larger brush",
    group: "Tools",
    repeats: true,
  },

  { command: "fit", keys: ["Shift+1"], words: "Fit the image", group: "View" },
  { command: "actualSize", keys: ["Shift+0"], words: "100 %", group: "View" },
  { command: "zoomToObject", keys: ["Shift+2"], words: "Zoom to the object", group: "View" },
  { command: "zoomIn", keys: ["Ctrl+="], words: "Zoom in", group: "View", repeats: true },
  { command: "zoomOut", keys: ["Ctrl+-"], words: "Zoom out", group: "View", repeats: true },
  { command: "toggleMasks", keys: ["Q"], words: "Masks on and off", group: "View" },
  { command: "peek", keys: ["\\"], words: "Peek at the image while held", group: "View" },
  { command: "outlineOnly", keys: ["O"], words: "Outlines only", group: "View" },
  { command: "hide", keys: ["Shift+H"], words: "Hide or show the object", group: "View" },
  { command: "lock", keys: ["Shift+L"], words: "Lock or unlock the object", group: "View" },

  { command: "palette", keys: ["Ctrl+K"], words: "Find a command", group: "Help" },
  { command: "keys", keys: ["?", "F1"], words: "Keys", group: "Help" },
]);

/**
 * What the stage and its tools understand by themselves; listed so that people find it.
 * @type {readonly Gesture[]}
 */
export const GESTURES = Object.freeze([
  { keys: ["Wheel"], words: "Zoom at the cursor; a trackpad's scroll pans", group: "View" },
  { keys: ["Space", "Middle drag"], words: "Pan while held", group: "View" },
  { keys: ["Tab", "Shift+Tab"], words: "Next, previous object (Select)", group: "Tools" },
  {
    keys: ["Arrows", "Shift+Arrows"],
    words: "Nudge the object by 1 or 10 px (Select)",
    group: "Tools",
  },
  { keys: ["Click", "Right click"], words: "Inside, outside (Smart)", group: "Tools" },
  { keys: ["Drag"], words: "Box prompt (Smart)", group: "Tools" },
  { keys: ["Tab"], words: "Next candidate mask (Smart)", group: "Tools" },
  { keys: ["Backspace"], words: "Take the last click or point back", group: "Tools" },
  {
    keys: ["Enter", "N"],
    words: "Accept the mask in one step (Smart); close (Polygon)",
    group: "Tools",
  },
  {
    keys: ["Alt"],
    words: "The opposite while held: brush and eraser, inside and outside",
    group: "Tools",
  },
  { keys: ["Alt+Wheel"], words: "Brush size", group: "Tools" },
  {
    keys: ["Esc"],
    words: "Cancel: the thing in hand, the selection, the tool; then Tab walks the page",
    group: "Tools",
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
