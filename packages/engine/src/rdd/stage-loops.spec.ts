import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step } from './step.ts';
import { CountSink, FoldSink } from './sinks.ts';
import { StageLoops } from './stage-loops.ts';

type Value = readonly [number, number];

const stepOf: Record<Step['kind'], Step> = {
  map: { kind: 'map', fn: ([key, value]: Value) => [key + 1, value] },
  filter: { kind: 'filter', fn: ([key, value]: Value) => (key + value) % 3 !== 0 },
  flatMap: { kind: 'flatMap', fn: (pair: Value) => [pair, pair] },
  keyBy: { kind: 'keyBy', fn: ([key]: Value) => key },
  mapValues: { kind: 'mapValues', fn: (value: unknown) => [value] },
  flatMapValues: { kind: 'flatMapValues', fn: (value: number) => [value, 1] },
};
const records: readonly Value[] = Array.from({ length: 20 }, (_, n): Value => [n, n * 3]);

function run(loops: StageLoops, steps: readonly Step[]): unknown[] {
  const results: unknown[] = [];
  loops.loop(steps, results)(records, 2, 15);
  return results;
}

describe('StageLoops', () => {
  it('compiled loops and closures give the same results', () => {
    const kinds = fc.array(fc.constantFrom(...(Object.keys(stepOf) as Step['kind'][])), { maxLength: 6 });
    const compiled = new StageLoops();
    const closures = new StageLoops({ compile: false });
    const property = fc.property(kinds, (chosen) => {
      const steps = chosen.map((kind) => stepOf[kind]);
      expect(run(compiled, steps)).toEqual(run(closures, steps));
    });
    fc.assert(property);
  });

  it('fold and count slice by slice, each with a result of its own', () => {
    const kinds = fc.array(fc.constantFrom(...(Object.keys(stepOf) as Step['kind'][])), { maxLength: 4 });
    const compiled = new StageLoops();
    const closures = new StageLoops({ compile: false });
    const slices = (
      loops: StageLoops,
      steps: readonly Step[],
      sink: FoldSink<unknown, string> | CountSink,
    ) => {
      const loop = loops.loop(steps, sink);
      for (const [from, to] of [[0, 7], [7, 7], [7, 20]] as const) loop(records, from, to); // prettier-ignore
      return sink;
    };
    const listed = () => new FoldSink<unknown, string>('', (text, record) => `${text};${String(record)}`);
    const property = fc.property(kinds, (chosen) => {
      const steps = chosen.map((kind) => stepOf[kind]);
      const folded = slices(closures, steps, listed());
      expect(slices(compiled, steps, listed())).toMatchObject({ result: Reflect.get(folded, 'result') });
      expect(slices(compiled, steps, new CountSink())).toEqual(slices(closures, steps, new CountSink()));
    });
    fc.assert(property);
  });

  it('passes records through without any step', () => {
    expect(run(new StageLoops(), [])).toEqual(records.slice(2, 15));
  });

  it('runs more chains of one shape than the bound on own loops', () => {
    const loops = new StageLoops();
    for (let add = 0; add < 100; add++) {
      const step: Step = { kind: 'map', fn: ([key]: Value) => key + add };
      expect(run(loops, [step])[0]).toBe(2 + add);
    }
  });

  it('passes an error of a function on unchanged', () => {
    const error = new Error('mine');
    const step: Step = {
      kind: 'filter',
      fn: () => {
        throw error;
      },
    };
    expect(() => run(new StageLoops(), [step])).toThrow(error);
  });
});
