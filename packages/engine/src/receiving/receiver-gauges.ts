// The amounts of a receiver, checked: the numbers come from code of plugins, and go to pages and metrics.
import type { ReceiverGauges } from '@millrace/core/observation';

const NAMES = ['lagRecords', 'redeliveredRecords', 'droppedRecords'] as const;

/** The amounts among the fields of an answer: finite numbers, at least 0. Any other value counts as not told. */
export function gaugesOf(answer: unknown): ReceiverGauges {
  if (typeof answer !== 'object' || answer === null) return {};
  const gauges: { -readonly [K in keyof ReceiverGauges]: number } = {};
  for (const name of NAMES) {
    const amount: unknown = Reflect.get(answer, name);
    if (typeof amount === 'number' && Number.isFinite(amount) && amount >= 0) gauges[name] = amount;
  }
  return gauges;
}
