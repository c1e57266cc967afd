// The input as recorded batch by batch, from which every known answer is computed.
import type { Evidence } from './evidence.ts';
import { rawOutput } from './sim-program.ts';
import type { SimRecord } from './sim-record.ts';

/** The records of each stream by batch time, in order and without gaps. */
export interface InputHistory {
  readonly batchIntervalMs: number;
  readonly zeroTime: number;
  /** The records of each stream, by batch. */
  readonly batches: ReadonlyMap<number, readonly (readonly SimRecord[])[]>;
}

/** All streams, up to the last batch recorded for every stream; undefined when nothing is recorded yet. */
export function historyOf({ plan, sources, ledger }: Evidence): InputHistory | undefined {
  const streams = sources.map((source) => new Map(ledger.batches(rawOutput(source))));
  const [first] = streams;
  const firstTime = first?.keys().next().value;
  if (first === undefined || firstTime === undefined) return undefined;
  const batches = new Map<number, readonly (readonly SimRecord[])[]>();
  for (const batchTime of first.keys()) {
    if (!streams.every((stream) => stream.has(batchTime))) break;
    batches.set(
      batchTime,
      streams.map((stream) => stream.get(batchTime) as readonly SimRecord[]),
    );
  }
  return {
    batchIntervalMs: plan.batchIntervalMs,
    zeroTime: ledger.zeroTime(firstTime, plan.batchIntervalMs),
    batches,
  };
}
