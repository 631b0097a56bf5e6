/**
 * Runs in the page before its own scripts: when things were ready, how long handlers and frames
 * took, and gestures made of events as the browser makes them. A time "to the second frame" ends
 * when the frame after the one that drew has begun.
 */
globalThis.probe = (() => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const painted = async () => {
    await frame();
    await frame();
  };
  /** Time spent in animation frames, and in handlers of a pointer's moves. */
  const spent = { frames: [], handlers: [], presented: [] };
  const native = requestAnimationFrame.bind(globalThis);
  globalThis.requestAnimationFrame = (draw) =>
    native((time) => {
      const start = performance.now();
      draw(time);
      spent.frames.push(performance.now() - start);
    });
  let began = 0;
  addEventListener("pointermove", () => { began = performance.now(); }, true);
  addEventListener("pointermove", (event) => {
    spent.handlers.push(performance.now() - began);
    native(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => spent.presented.push(performance.now() - event.timeStamp);
      channel.port2.postMessage(0); // after this frame's painting
    });
  });

  let readyAt = 0;
  const watch = new MutationObserver(() => {
    const root = document.getElementById("editor");
    if (root?.dataset.ready === "true" && !readyAt) readyAt = performance.now();
    if (root?.dataset.ready !== "true") readyAt = 0;
  });
  watch.observe(document, { subtree: true, childList: true, attributeFilter: ["data-ready"] });

  const stage = () => document.querySelector(".stage-canvas:not([inert])");
  const middle = () => {
    const box = stage().getBoundingClientRect();
    return { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 };
  };
  const wheel = (facts) =>
    stage().dispatchEvent(
      new WheelEvent("wheel", { bubbles: true, cancelable: true, ...middle(), ...facts }),
    );
  const gestures = {
    zoom: (step) => wheel({ ctrlKey: true, deltaY: step % 8 < 4 ? -40 : 40 }),
    pan: (step) => wheel({ deltaX: step % 20 < 10 ? 9 : -9, deltaY: step % 20 < 10 ? 5 : -5 }),
    hover: (step) => {
      const { clientX, clientY } = middle();
      const at = { clientX: clientX + ((step * 37) % 300) - 150, clientY: clientY + ((step * 53) % 300) - 150 };
      stage().dispatchEvent(new PointerEvent("pointermove", { bubbles: true, pointerId: 1, ...at }));
    },
  };
  return {
    spent,
    /** When the image was on the screen, ms since the page began; an error after two minutes. */
    async ready(image, after = 0) {
      const root = () => document.getElementById("editor");
      const latest = performance.now() + 120_000;
      while (root()?.dataset.imageId !== String(image) || readyAt <= after) {
        if (performance.now() > latest)
          throw new Error(`no image ${image}: ${JSON.stringify({ ...root()?.dataset })}`);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      return readyAt;
    },
    painted,
    /** Milliseconds from the next event of that name to the second frame after it. */
    async after(name) {
      const start = await new Promise((resolve) =>
        addEventListener(name, () => resolve(performance.now()), { capture: true, once: true }),
      );
      await painted();
      return performance.now() - start;
    },
    heap: () => {
      globalThis.gc?.();
      return performance.memory.usedJSHeapSize / 2 ** 20;
    },
    /** Milliseconds from each of a gesture's events to the second frame. */
    async steps(name, count) {
      const taken = [];
      for (let step = 0; step < count; step += 1) {
        const start = performance.now();
        gestures[name](step);
        await painted();
        taken.push(performance.now() - start);
      }
      return taken;
    },
    /** Frames a second while every frame has an event of the gesture. */
    async rate(name, ms) {
      const start = performance.now();
      let frames = 0;
      while (performance.now() - start < ms) {
        gestures[name](frames);
        await frame();
        frames += 1;
      }
      return (frames * 1000) / (performance.now() - start);
    },
    /** The same on a canvas of the stage's size that draws one picture of the image's size. */
    async bareRate(width, height, ms) {
      const box = stage().getBoundingClientRect();
      const canvas = Object.assign(document.createElement("canvas"), { width: box.width, height: box.height });
      canvas.style.cssText = "position: fixed; z-index: 9; left: 0; top: 0";
      const picture = new OffscreenCanvas(width, height);
      picture.getContext("2d").fillRect(0, 0, width / 2, height / 2);
      document.body.append(canvas);
      const context = canvas.getContext("2d");
      const scale = Math.min(box.width / width, box.height / height);
      const start = performance.now();
      let frames = 0;
      while (performance.now() - start < ms) {
        context.setTransform(scale, 0, 0, scale, frames % 20, frames % 10);
        context.clearRect(-width, -height, 3 * width, 3 * height);
        context.drawImage(picture, 0, 0);
        await frame();
        frames += 1;
      }
      canvas.remove();
      return (frames * 1000) / (performance.now() - start);
    },
  };
})();
