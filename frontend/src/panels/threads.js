/** Which threads are shown, and under which numbers: those of the pins. Pure. */

/**
 * @typedef {import("../api/comments.js").WireThread} WireThread
 * @typedef {import("./view.js").TalkFacts} TalkFacts
 */

/**
 * Numbers are those of all threads, so that a pin keeps its own when others are resolved.
 * @param {Pick<TalkFacts, "threads" | "withResolved" | "open">} talk
 * @returns {readonly {thread: WireThread, number: number}[]}
 */
export function shownThreads({ threads, withResolved, open }) {
  return threads
    .map((thread, place) => ({ thread, number: place + 1 }))
    .filter(({ thread }) => withResolved || !thread.resolved_at || thread.id === open);
}

/** @param {Pick<TalkFacts, "threads">} talk */
export function openCount({ threads }) {
  return threads.filter((thread) => !thread.resolved_at).length;
}
