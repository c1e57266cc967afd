// Rule: a batch is held after a failure, and a person has to act.
import { countText, messageText, quoted, timeText } from '../../text/words.ts';
import type { VerdictRule } from '../rule.ts';
import type { HeldBatch } from '../verdict-facts.ts';

/** Fires while a batch is held. */
export const heldBatch: VerdictRule = {
  name: 'held-batch',
  level: 'failed',
  judge: ({ held, timeZone }) => {
    const [oldest] = held;
    if (oldest === undefined) return undefined;
    const further = held.length - 1;
    return [
      `Held: batch ${timeText(oldest.batchTime, timeZone)} failed${placeOf(oldest)}`,
      ...(further === 0 ? [] : [`${countText(further, 'more batch is', 'more batches are')} held.`]),
      'Fix the cause and call `retryHeldBatch()`.',
    ].join(' ');
  },
};

function placeOf({ output }: HeldBatch): string {
  if (output === undefined) return '.';
  // Ids below 0 are operations of the engine, which have no number in the program.
  const place = output.id < 0 ? quoted(output.name) : `output ${output.id} ${quoted(output.name)}`;
  return ` in ${place}: ${messageText(output.message)}`;
}
