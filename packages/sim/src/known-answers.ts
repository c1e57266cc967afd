// What a program has to have made, computed the plain way from the streams as they were written down batch by batch. It
// knows the operators' meaning and nothing about how they work.
import type { InputHistory } from './input-history.ts';
import { KEYS, WINDOW } from './sim-program.ts';
import type { GraphKind } from './plan.ts';

/** What an operation must have written for a batch; undefined: it has nothing to write then. */
export function knownAnswer(
  kind: Exclude<GraphKind, 'partitions'>,
  batchTime: number,
  history: InputHistory,
): readonly (readonly [number, number])[] | undefined {
  const { batchIntervalMs, zeroTime } = history;
  switch (kind) {
    case 'reduce':
      return countsBetween(batchTime - batchIntervalMs, batchTime, history);
    case 'window':
    case 'inverse-window': {
      if ((batchTime - zeroTime) % (WINDOW.slide * batchIntervalMs) !== 0) return undefined;
      return countsBetween(batchTime - WINDOW.batches * batchIntervalMs, batchTime, history);
    }
    case 'state':
    case 'mapped-state':
      return countsBetween(zeroTime, batchTime, history);
  }
}

/** How many records each key has in the batches after `fromMs` up to `untilMs`; keys without any are left out. */
function countsBetween(
  fromMs: number,
  untilMs: number,
  history: InputHistory,
): readonly (readonly [number, number])[] {
  const counts = new Map<number, number>();
  for (const [batchTime, streams] of history.batches) {
    if (batchTime <= fromMs || batchTime > untilMs) continue;
    for (const [number] of streams.flat()) counts.set(number % KEYS, (counts.get(number % KEYS) ?? 0) + 1);
  }
  return [...counts].toSorted(([one], [other]) => one - other);
}
