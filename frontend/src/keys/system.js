/** The one thing that keys must know of the system: on a Mac Cmd does what Ctrl does elsewhere. */

export const IS_MAC = /^(Mac|iP)/.test(globalThis.navigator?.platform ?? "");
