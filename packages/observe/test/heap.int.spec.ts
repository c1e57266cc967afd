// The account of an observer beside the heap of V8: real memory, so an integration test.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { anyInput, type TestBatch, VirtualEngine } from './virtual-engine.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function usedBytes(): number {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** A batch as an engine publishes one: with objects and texts of its own. */
function observe(engine: VirtualEngine, index: number, { streams, outputs, letters }: Shape): void {
  const batch: TestBatch = {
    inputs: Array.from({ length: streams }, (_, streamId) =>
      anyInput({ streamId, streamName: `${streamId}-${'n'.repeat(letters)}`, recordCount: index }),
    ),
    outputs: Array.from({ length: outputs }, (_, id) => ({
      name: `output-${id}`,
      ...(letters === 0 ? {} : { failure: { name: 'Error', message: `${index} ${'m'.repeat(letters)}` } }),
    })),
  };
  engine.runNow(structuredClone(batch));
}

interface Shape {
  readonly batches: number;
  readonly streams: number;
  readonly outputs: number;
  /** Of names and messages. */
  readonly letters: number;
}

it.each<Shape>([
  { batches: 4_000, streams: 10, outputs: 3, letters: 0 },
  { batches: 1_500, streams: 100, outputs: 3, letters: 0 },
  { batches: 50, streams: 1_000, outputs: 20, letters: 10_000 },
])('accounts for the memory of $streams streams and $outputs outputs', (shape) => {
  // Code and caches of the first observer are not the memory of the second.
  for (let index = 0; index < 20; index += 1) observe(new VirtualEngine(), index, shape);
  const before = usedBytes();
  const engine = new VirtualEngine();
  for (let index = 0; index < shape.batches; index += 1) observe(engine, index, shape);
  const used = usedBytes() - before;
  expect(used).toBeLessThan(8_000_000);
  expect(used).toBeLessThan(1.1 * engine.observer.memoryBytes + 200_000);
});

it('keeps no answer beside the batches', () => {
  const shape: Shape = { batches: 1_000, streams: 1, outputs: 1, letters: 0 };
  const engine = new VirtualEngine();
  for (let index = 0; index < shape.batches; index += 1) observe(engine, index, shape);
  // Code and caches of the first answer are not kept answers.
  expect(engine.observer.batches({ limit: 10 }).batches).toHaveLength(10);
  const before = usedBytes();
  expect(engine.observer.batches({ limit: shape.batches }).batches).toHaveLength(shape.batches);
  expect(usedBytes() - before).toBeLessThan(100_000);
});
