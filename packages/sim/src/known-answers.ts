// The expected results of a program, computed in the simplest way from the recorded streams, batch by batch. The
// computation knows the meaning of the operators and is independent of their implementation.
import type { InputHistory } from './input-history.ts';
import { isInPhase, KEYS, REMOVED_ABOVE, TIMEOUT_BATCHES, WINDOW } from './sim-program.ts';
import type { GraphKind } from './plan.ts';

/** The required output of an operation for a batch; undefined: no output. */
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
    case 'persisted':
      return countsBetween(batchTime - batchIntervalMs, batchTime, history);
    case 'state-window':
      return stateWindowAt(batchTime, history);
    case 'timed-state':
      return timedStateAt(batchTime, history);
    case 'removed-state':
      return removedStateAt(batchTime, history);
    case 'state':
    case 'mapped-state':
      return countsBetween(zeroTime, batchTime, history);
  }
}

/**
 * The number of records of each key in the batches after `fromMs` up to `untilMs`; keys without records are left out.
 */
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

/** The results of two outputs of one persisted shuffle: the counts by parity of the key. */
export function halvesOf(
  counts: readonly (readonly [number, number])[],
): readonly (readonly [number, number])[] {
  const halves = new Map<number, number>();
  for (const [key, count] of counts) halves.set(key % 2, (halves.get(key % 2) ?? 0) + count);
  return [...halves].toSorted(([one], [other]) => one - other);
}

/** The sums of the states of the batches in a window. */
function stateWindowAt(untilMs: number, history: InputHistory): readonly (readonly [number, number])[] {
  const { batchIntervalMs, zeroTime, batches } = history;
  const sums = new Map<number, number>();
  for (const batchTime of batches.keys()) {
    if (batchTime > untilMs || batchTime <= untilMs - WINDOW.batches * batchIntervalMs) continue;
    for (const [key, count] of countsBetween(zeroTime, batchTime, history))
      sums.set(key, (sums.get(key) ?? 0) + count);
  }
  return [...sums].toSorted(([one], [other]) => one - other);
}

/** Sums by key; a key is removed by the batch that lifts its sum above the bound, and starts again later. */
function removedStateAt(untilMs: number, history: InputHistory): readonly (readonly [number, number])[] {
  const { batchIntervalMs } = history;
  const sums = new Map<number, number>();
  for (const batchTime of history.batches.keys()) {
    if (batchTime > untilMs) continue;
    for (const [key, count] of countsBetween(batchTime - batchIntervalMs, batchTime, history)) {
      const sum = (sums.get(key) ?? 0) + count;
      if (sum > REMOVED_ABOVE) sums.delete(key);
      else sums.set(key, sum);
    }
  }
  return [...sums].toSorted(([one], [other]) => one - other);
}

/** Sums by key; a key is removed when it had no record for longer than the time-out, and starts again later. */
function timedStateAt(untilMs: number, history: InputHistory): readonly (readonly [number, number])[] {
  const { batchIntervalMs, batches } = history;
  const states = new Map<number, { sum: number; touchedMs: number }>();
  for (const [batchTime, streams] of batches) {
    if (batchTime > untilMs) continue;
    for (const [number] of streams.flat()) {
      if (!isInPhase(number)) continue;
      const { sum = 0 } = states.get(number % KEYS) ?? {};
      states.set(number % KEYS, { sum: sum + 1, touchedMs: batchTime });
    }
    for (const [key, { touchedMs }] of states)
      if (batchTime - touchedMs > TIMEOUT_BATCHES * batchIntervalMs) states.delete(key);
  }
  return [...states].map(([key, { sum }]) => [key, sum] as const).toSorted(([one], [other]) => one - other);
}
