import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReleasingMap } from './releasing-map.ts';

const key = fc.integer({ min: 0, max: 5 });
const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), key, value: fc.option(fc.integer(), { nil: undefined }) }),
  fc.record({ kind: fc.constant('delete' as const), key }),
  fc.record({ kind: fc.constant('clear' as const) }),
);

describe('ReleasingMap', () => {
  it('behaves like a Map', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const map = new ReleasingMap<number, number | undefined>();
        const model = new Map<number, number | undefined>();
        for (const one of steps) {
          if (one.kind === 'set') {
            expect(map.set(one.key, one.value)).toBe(map);
            model.set(one.key, one.value);
          } else if (one.kind === 'delete') {
            expect(map.delete(one.key)).toBe(model.delete(one.key));
          } else {
            map.clear();
            model.clear();
          }
          expect([...map]).toEqual([...model]);
          expect([...map.keys()]).toEqual([...model.keys()]);
          expect([...map.values()]).toEqual([...model.values()]);
          expect(map.size).toBe(model.size);
          for (let at = 0; at <= 5; at += 1) {
            expect(map.has(at)).toBe(model.has(at));
            expect(map.get(at)).toBe(model.get(at));
          }
        }
      }),
    );
  });

  it('may be changed during iteration', () => {
    const map = new ReleasingMap<number, string>();
    for (let at = 0; at < 5; at += 1) map.set(at, `${at}`);
    const seen: string[] = [];
    for (const [at, value] of map) {
      seen.push(value);
      map.delete(at);
      map.delete(at + 1);
      if (at === 0) map.set(9, '9');
    }
    expect(seen).toEqual(['0', '2', '4', '9']);
    expect(map.size).toBe(0);
  });

  it('leaves removed entries to a collection of young objects', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (options: { type: 'minor' | 'major' }) => void;
    const map = new ReleasingMap<number, number[]>();
    const comeAndGo = (from: number, to: number): void => {
      for (let at = from; at < to; at += 1) {
        map.set(
          at,
          Array.from({ length: 10_000 }, () => at),
        );
        map.delete(at - 1);
      }
    };
    comeAndGo(0, 100);
    // Moves the table of that moment to old memory: a `Map` would keep about 30 MB of the 80 MB that come now.
    collect({ type: 'major' });
    comeAndGo(100, 1_100);
    for (let times = 0; times < 3; times += 1) collect({ type: 'minor' });
    const afterMinor = process.memoryUsage().heapUsed;
    collect({ type: 'major' });
    expect(afterMinor - process.memoryUsage().heapUsed).toBeLessThan(8_000_000);
    expect(map.size).toBe(1);
  });
});
