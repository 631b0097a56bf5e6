// Measures the browser's decoder in the page of bench_browser_decoder.py; answers with milliseconds.

const PROMPT = { box: null, mask: null, logits: null, multimask: true };

export async function measure({ channels, cells, size, threads, repeats }) {
  const { BrowserDecoder } = await import("/frontend/src/inference/browserDecoder.js");
  const { Decoder } = await import("/frontend/src/inference/decoder.js");
  const { loadRuntime } = await import("/frontend/src/inference/runtime.js");
  const fetched = async (path) => (await fetch(path)).arrayBuffer();
  const shape = [1, channels, cells, cells];
  const [width, height] = [size[1], size[0]];
  const places = Array.from({ length: repeats + 3 }, (_, index) => [
    (0.2 + (0.6 * ((index * 7) % 10)) / 10) * width,
    (0.2 + (0.6 * ((index * 3) % 10)) / 10) * height,
    1,
  ]);

  const timed = async (act) => {
    const taken = [];
    for (const [index, place] of places.entries()) {
      const began = performance.now();
      await act({ ...PROMPT, points: [place] }, index);
      if (index >= 3) taken.push(performance.now() - began); // the first ones warm up
    }
    return taken;
  };

  const began = performance.now();
  const decoder = await BrowserDecoder.open(await fetched("/decoder.onnx"), { threads });
  const opened = performance.now() - began;
  await decoder.remember("bench", size, { shape, half: await fetched("/features.bin") });
  const foreseen = (prompt, index) => decoder.foresee("bench", size, prompt, index === 0);
  const first = await timed(foreseen); // the browser still compiles WebAssembly anew, to be quicker
  const hover = await timed(foreseen);
  const click = await timed((prompt) => decoder.answer("bench", size, prompt));
  decoder.close();

  const bare = await Decoder.open(
    await loadRuntime(threads),
    new Uint8Array(await fetched("/decoder.onnx")),
  );
  const numbers = new Float32Array(shape.reduce((product, side) => product * side, 1));
  for (let index = 0; index < numbers.length; index += 1) numbers[index] = Math.sin(index);
  const features = bare.features(numbers, shape, size);
  const decode = await timed((prompt) => bare.answer(features, prompt));
  await bare.close();
  return { opened, first, hover, click, decode, isolated: crossOriginIsolated };
}
