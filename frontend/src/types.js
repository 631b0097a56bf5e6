/**
 * Shapes that more than one room of the editor speaks about. Types only: nothing here runs.
 * Frames are named where two exist: image_px (x right, y down, pixel 0 covers 0..1) and screen_px
 * (CSS pixels from the canvas's top left corner). A number called `label` is a label's database id.
 */

/**
 * A mask in its one true form: COCO compressed run lengths, down the columns, first run counts zeros.
 * @typedef {Object} Rle
 * @property {readonly [number, number]} size height, width
 * @property {string} counts
 */

/** @typedef {{readonly x: number, readonly y: number}} Point */
/** @typedef {readonly [x: number, y: number, width: number, height: number]} BoxXywh */
/** @typedef {readonly [x0: number, y0: number, x1: number, y1: number]} BoxXyxy */

/**
 * A piece of a bitmap in image_px: row-major bytes, 0 or 1, placed at (x, y).
 * @typedef {Object} Patch
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {Uint8Array} bits
 */

/**
 * How the image lies on the screen: screen_px = image_px * scale + (x, y).
 * @typedef {Object} Viewport
 * @property {number} scale
 * @property {number} x
 * @property {number} y
 */

/** @typedef {"suggested" | "confirmed" | "rejected"} ObjectState */
/** @typedef {"manual" | "model" | "import"} ObjectSource */

/**
 * One annotated object. Frozen; its revision on the server is kept by the store, outside of undo.
 * @typedef {Object} MaskObject
 * @property {string} id UUID made by the client that drew it
 * @property {number | null} label
 * @property {Rle} rle
 * @property {number} z the higher one is painted later
 * @property {ObjectState} state confirmed needs a label
 * @property {ObjectSource} source
 * @property {number | null} score
 * @property {number | null} stability
 * @property {number | null} [disagreement] these two are the server's: known of what it pre-labelled
 * @property {number | null} [boundary_entropy]
 * @property {string} model name and version of the segmenter, or ""
 * @property {boolean} iscrowd
 * @property {Readonly<Record<string, unknown>>} attributes
 */

/**
 * @typedef {Object} Label
 * @property {number} id
 * @property {number} number
 * @property {string} name
 * @property {string} color "#rrggbb"
 * @property {boolean} is_thing
 * @property {string} supercategory
 * @property {string} hotkey "" or one of 1..9, 0
 * @property {number} order
 * @property {boolean} archived
 * @property {readonly Attribute[]} attributes what is asked of its objects
 */

/**
 * @typedef {Object} Attribute
 * @property {string} name
 * @property {"text" | "number" | "choice" | "checkbox"} kind
 * @property {readonly string[]} [choices] of a choice
 */

/** @typedef {{readonly id: number, readonly width: number, readonly height: number}} ImageFacts */

/**
 * What is annotated on one image. Frozen; an action makes a new one.
 * @typedef {Object} EditorDocument
 * @property {ImageFacts} image
 * @property {readonly Label[]} labels in their order
 * @property {ReadonlyMap<string, Readonly<MaskObject>>} objects deleted ones are not in it
 * @property {boolean} panoptic painting takes pixels from the other objects
 */

/** @typedef {"restore"} Cause */
/**
 * A change as a value. `words` names the step in menus ("Undo relabel"); `cause` is why its revisions
 * are made, where it is no edit like others.
 * @typedef {((document: EditorDocument) => EditorDocument) &
 *   {readonly words: string, readonly cause?: Cause}} Action
 */

/**
 * What happened to one object; `after` null is a deletion, `before` null a creation (or undeletion).
 * @typedef {Object} ObjectChange
 * @property {string} id
 * @property {Readonly<MaskObject> | null} before
 * @property {Readonly<MaskObject> | null} after
 */

/**
 * local: a person's doing here, to be sent. remote: came from the server, must not be sent back.
 * @typedef {"local" | "remote"} Origin
 */

/**
 * @typedef {Object} ChangeSet
 * @property {Origin} origin
 * @property {"undo" | "redo"} [step] missing: something new was done
 * @property {string} words
 * @property {Cause} [cause]
 * @property {readonly ObjectChange[]} changes
 * @property {EditorDocument} document after the changes
 */

/**
 * What the person looks at and holds; never sent, never undone.
 * @typedef {Object} Session
 * @property {string} tool name in the tools' registry
 * @property {string} drawingTool the drawing tool used last (key N)
 * @property {readonly string[]} selection ids, the last one is the primary
 * @property {string | null} hover id of the object under the pointer
 * @property {string | null} refines id of the object that the smart tool would give another mask
 * @property {number | null} label label of the next object
 * @property {Viewport} view
 * @property {{readonly width: number, readonly height: number}} stage size of the canvas in screen_px
 * @property {Point | null} pointer in image_px, null outside of the canvas
 * @property {Point | null} keyCursor where the keyboard cursor is, in image_px; null while it is off
 * @property {readonly OverlayShape[]} overlay what the current tool wants drawn
 * @property {readonly OverlayShape[]} marks what the page wants drawn beside it: an earlier mask
 * @property {import("./model/maskDiff.js").DiffMasks | null} diff shown instead of the masks
 * @property {string} status one short line of the current tool ("2 of 3 candidates, 0.93"), or ""
 * @property {boolean} busy the current tool waits for an answer
 * @property {number} brushSize diameter in image_px
 * @property {"disc" | "square"} brushShape
 * @property {boolean} swapped brush erases, eraser adds (key X)
 * @property {boolean} masksVisible
 * @property {boolean} outlineOnly
 * @property {number} opacity of the masks, 0..1
 * @property {ReadonlySet<string>} hidden
 * @property {ReadonlySet<string>} locked
 * @property {"auto" | "zoom" | "pan"} wheel
 * @property {Overlap} overlap whose pixels a stroke takes
 * @property {Readonly<import("./model/pictureLook.js").PictureLook>} picture how it is shown
 * @property {boolean} gridShown lines between the pixels, where they are large
 * @property {boolean} minimapShown while a part of the image is in sight
 * @property {boolean} rulersShown along the canvas's edges
 * @property {boolean} heat suggestions are coloured by how unsure the model was
 * @property {import("./model/heat.js").HeatSignal} heatSignal by which of its doubts
 * @property {boolean} patterns labels are told apart by patterns too
 * @property {boolean} voidShown what no confirmed object covers is marked
 * @property {Readonly<Record<string, OptionValue>>} options of the tools, by name; those never touched are missing
 */

/**
 * over: what is drawn takes every pixel; behind: it ends where other objects begin; protect: it
 * ends where locked objects begin.
 * @typedef {"over" | "behind" | "protect"} Overlap
 */
/** @typedef {number | string | boolean} OptionValue */

/**
 * @typedef {Object} EditorState
 * @property {EditorDocument} document
 * @property {Session} session
 * @property {boolean} canUndo
 * @property {boolean} canRedo
 * @property {string} undoWords what undo would take back, or ""
 * @property {string} redoWords
 */

// ---------------------------------------------------------------------------------- overlays

/** @typedef {{kind: "point", at: Point, positive: boolean, newest: boolean}} PointShape */
/** @typedef {{kind: "box", box: BoxXyxy, dashed: boolean}} BoxShape */
/** @typedef {{kind: "preview", rle: Rle, color: string, choices: number, small?: boolean}} PreviewShape choices: of a mask to be accepted; 0 of one that is still drawn; small: a closer look would show more */
/**
 * The mask that a click at the pointer would make.
 * @typedef {{kind: "ghost", rle: Rle, color: string}} GhostShape
 */
/** @typedef {{kind: "brush", at: Point, size: number, shape: "disc" | "square", erases: boolean}} BrushShape */
/** @typedef {{kind: "line", points: readonly Point[], closed: boolean, vertices: boolean}} LineShape */
/** @typedef {{kind: "span", from: Point, to: Point, words: string}} SpanShape a measured line */
/**
 * A stroke under way: bitmaps where it went. A tile's bits may grow between two frames; its
 * `version` counts up with them.
 * @typedef {{kind: "stroke", target: string | null, erases: boolean, tiles: readonly StrokeTile[], color: string}} StrokeShape
 */
/** @typedef {Patch & {version: number}} StrokeTile */
/** @typedef {{kind: "knots", points: readonly Point[], active: Point | null, ghost: Point | null}} KnotsShape */
/**
 * A picture over the picture, a pixel a cell of the frame; the pixels are never written to again.
 * @typedef {{kind: "raster", frame: import("./geometry/frame.js").Frame, rgba: Uint8ClampedArray}} RasterShape
 */
/**
 * @typedef {PointShape | BoxShape | PreviewShape | GhostShape | BrushShape | LineShape | StrokeShape |
 *   KnotsShape | SpanShape | RasterShape} OverlayShape
 */

// ------------------------------------------------------------------------------------- tools

/**
 * A pointer event as tools see it.
 * @typedef {Object} PointerSample
 * @property {Point} image position in image_px
 * @property {Point} screen position in screen_px
 * @property {boolean} primary left button, pen tip or finger; false: right button, pen's barrel button, long press
 * @property {boolean} eraser the pen's eraser end
 * @property {boolean} shift
 * @property {boolean} alt
 * @property {boolean} ctrl Ctrl, or Cmd on a Mac
 * @property {"mouse" | "pen" | "touch"} device
 * @property {number} pressure 0..1
 */

/** @typedef {Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey"> & Partial<Pick<KeyboardEvent, "getModifierState">>} KeyFacts */
/**
 * @typedef {Object} KeySample
 * @property {string} key as KeyboardEvent.key, letters lower case
 * @property {string} code as KeyboardEvent.code
 * @property {boolean} shift
 * @property {boolean} alt
 * @property {boolean} ctrl Ctrl, or Cmd on a Mac
 */

/**
 * The behaviour of the tool in hand. Every part is optional; the stage made sure of the order:
 * take, (hover* down drag* (up | abort))*, disable. A `true` from key or undo says "that was for me".
 * @typedef {Object} ToolHand
 * @property {() => void} [disable] put down; must leave no overlay of its own
 * @property {(sample: PointerSample) => void} [hover]
 * @property {() => void} [leave]
 * @property {(sample: PointerSample) => void} [down]
 * @property {(samples: readonly PointerSample[]) => void} [drag] coalesced, oldest first
 * @property {(sample: PointerSample) => void} [up]
 * @property {() => boolean} [pans] whether the gesture only moves the picture: that is no work
 * @property {() => void} [abort] instead of up: the pointer was lost or a second finger came
 * @property {() => boolean} [cancel] Esc; true if there was something to cancel
 * @property {(sample: KeySample) => boolean} [key]
 * @property {(sample: KeySample) => boolean} [keyUp]
 * @property {(steps: number) => boolean} [altWheel] one step a notch, up is positive
 * @property {() => boolean} [undo] Ctrl+Z while something is half made
 * @property {() => boolean} [redo]
 */

/**
 * A control in the option strip above the canvas; tools that name the same option share its value.
 * @typedef {{kind: "range", name: string, words: string, title: string, first: number, min: number,
 *   max: number, step: number, unit: string}} RangeOption
 * @typedef {{kind: "switch", name: string, words: string, title: string, first: boolean}} SwitchOption
 * @typedef {{kind: "choice", name: string, words: string, title: string, first: string,
 *   choices: readonly (readonly [value: string, words: string])[]}} ChoiceOption
 * @typedef {RangeOption | SwitchOption | ChoiceOption} ToolOption
 */

/**
 * A line of the overlay of keys.
 * @typedef {{readonly keys: readonly string[], readonly words: string}} ToolGesture
 */

/**
 * An entry of the registry: a new tool is one file that exports one of these, and one line there.
 * @typedef {Object} Tool
 * @property {string} name
 * @property {string} title for tooltips
 * @property {string} hotkey one letter, upper case
 * @property {boolean} draws takes part in "the last drawing tool again"
 * @property {string} cursor a CSS cursor
 * @property {string} [icon] symbol of the sprite; default is the name
 * @property {boolean} [sized] uses the session's brush size and shape
 * @property {"object" | "selected" | "refined"} [goal] what the option strip says the tool makes: a
 *   new object (default) or, where one is selected, more of it, or another mask for it
 * @property {boolean} [reworks] works on what is there; the key N does not come back to it
 * @property {string} [accepts] words of the button that ends it while a raster is shown (Enter)
 * @property {readonly ToolOption[]} [options]
 * @property {readonly ToolGesture[]} [gestures]
 * @property {(context: ToolContext) => ToolHand} take
 */

/**
 * A prompt in the wire's terms: points are [x, y, 1 | 0] in image_px.
 * @typedef {Object} Prompt
 * @property {readonly (readonly [number, number, 0 | 1])[]} points
 * @property {BoxXyxy | null} box
 * @property {Rle | null} mask
 * @property {Logits | null} logits from the last answer
 * @property {boolean} multimask
 * @property {boolean} [isCloser] the box was looked at closer already, and is to be again; only the server can
 * @property {BoxXyxy} [region] the part of the image to look at closer; only the server can
 * @property {string} [text] what is wanted, in words; only the server can
 * @property {readonly (readonly [...BoxXyxy, 0 | 1])[]} [exemplars] boxes around objects like the
 *   wanted ones (1) or unlike them (0); only the server can
 */

/** A model's low-resolution answer, opaque to all but who gave it: the server (text) or the browser. */
/** @typedef {string | Float32Array} Logits */

/** @typedef {{readonly rle: Rle, readonly score: number}} Foreseen */

/**
 * @typedef {Object} Candidate
 * @property {Rle} rle
 * @property {number} score
 * @property {number} stability
 * @property {Logits | null} logits
 * @property {string} model
 */

/** @typedef {import("./tools/pixels/jobs.js").Jobs} PixelJobs */
/**
 * Work on the picture's pixels, off the page's thread.
 * @typedef {Object} PixelBench
 * @property {(limit: number) => Promise<import("./geometry/frame.js").Frame>} frame have what is seen
 *   of the picture at hand, in that many cells at most; later questions are about this frame
 * @property {(limit: number) => Promise<import("./geometry/frame.js").Frame>} whole the same with all of it
 * @property {<J extends keyof PixelJobs>(job: J, parts: Parameters<PixelJobs[J]>[1]) =>
 *   Promise<Awaited<ReturnType<PixelJobs[J]>>>} ask
 */

/**
 * What the stage's owner lends to the tools.
 * @typedef {Object} Services
 * @property {(prompt: Prompt) => Promise<readonly Candidate[]>} predict rejects with an Error whose message is fit to be shown
 * @property {(prompt: Prompt, isFresh: boolean) => Promise<Foreseen | null>} [foresee] what a click would make, if this
 *   can be said in a blink, else null; isFresh: nothing is shown that the answer should resemble
 * @property {(prompt: Prompt) => Promise<readonly Candidate[]>} [lookCloser] what a closer look at a small box
 *   finds; nothing where the answer before was as good already
 * @property {(box: BoxXyxy) => void} [findAlike] suggest every object like the one in the box, or
 *   say what is missing for it
 * @property {(message: string, kind: "info" | "warn" | "error") => void} notify
 * @property {PixelBench} pixels
 * @property {() => Promise<import("./geometry/features.js").Embedding | null>} [embedding] what the
 *   project's model knows of the picture; null where it keeps nothing
 */

/**
 * @typedef {Object} ToolContext
 * @property {import("./model/store.js").EditorStore} store
 * @property {Services} services
 * @property {(shapes: readonly OverlayShape[], status?: string) => void} describe replaces what the tool wants drawn
 * @property {(name: string | null) => void} cursor another pointer than the tool's own, by its name in CSS; null: its own again
 */

// The file is a module of types.
export {};
