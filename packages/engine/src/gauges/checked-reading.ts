// The answer of an executor elsewhere, checked and copied: a reading is plain data with finite amounts, whatever came
// over the connection.
import type { ExecutorReading, ReceiverReading, ThreadReading } from '@millrace/core/observation';
import { logReading } from '../executor/log-reading.ts';
import { gaugesOf } from '../receiving/receiver-gauges.ts';

/** The most receivers of one executor in a reading. */
const RECEIVERS_MAX = 10_000;

/** A reading without identity and age, which the driver adds. */
export type CheckedReading = Omit<ExecutorReading, 'executorId' | 'host' | 'cores' | 'ageMs'>;

/** The reading in an answer; undefined for any other answer. */
export function checkedReading(answer: unknown): CheckedReading | undefined {
  const { blocks, log, receivers, thread, ...tasks } = fieldsOf(answer);
  const counts = amounts(tasks, ['runningTasks', 'completedTasks']);
  const usage = amounts(blocks, ['blocks', 'bytes', 'maxBytes']);
  if (counts === undefined || usage === undefined || !Array.isArray(receivers)) return undefined;
  const logAmounts = logReading(() => log as ExecutorReading['log']);
  const measured = threadOf(thread);
  return {
    ...counts,
    blocks: usage,
    ...(logAmounts === undefined ? {} : { log: logAmounts }),
    receivers: receivers.slice(0, RECEIVERS_MAX).flatMap((receiver) => receiverOf(receiver) ?? []),
    ...(measured === undefined ? {} : { thread: measured }),
  };
}

function receiverOf(value: unknown): ReceiverReading | undefined {
  const counts = amounts(value, [
    'streamId',
    'waitingRecords',
    'waitingBlocks',
    'waitingBytes',
    'unacknowledgedRecords',
  ]);
  return counts === undefined ? undefined : { ...counts, ...gaugesOf(value) };
}

function threadOf(value: unknown): ThreadReading | undefined {
  const counts = amounts(value, ['heapUsedBytes', 'heapLimitBytes', 'residentBytes', 'cpuMs']);
  const loopDelay = amounts(fieldsOf(value)['loopDelay'], ['p50Ms', 'p95Ms', 'maxMs']);
  if (counts === undefined) return undefined;
  return loopDelay === undefined ? counts : { ...counts, loopDelay };
}

/** The named amounts of an object; undefined when one is not finite, or below 0. */
function amounts<K extends string>(value: unknown, names: readonly K[]): Record<K, number> | undefined {
  const fields = fieldsOf(value);
  const found: Partial<Record<K, number>> = {};
  for (const name of names) {
    const amount = fields[name];
    if (typeof amount !== 'number' || !Number.isFinite(amount) || amount < 0) return undefined;
    found[name] = amount;
  }
  return found as Record<K, number>;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
