// The last rule: nothing is wrong, or there is nothing to judge yet.
import { countText, lengthText, percentText, quoted } from '../../text/words.ts';
import type { VerdictRule } from '../rule.ts';
import { loadOf, median } from '../step-trend.ts';
import type { VerdictFacts } from '../verdict-facts.ts';

/** Always fires; counts only when no other rule is in front. */
export const keepingUp: VerdictRule = { name: 'keeping-up', level: 'good', judge: wordsOf };

function wordsOf(facts: VerdictFacts): string {
  const { state, totalBatches, totalRecords, inputs, lease } = facts;
  const done = `${countText(totalBatches, 'batch', 'batches')} with ${countText(totalRecords, 'record')}`;
  switch (state) {
    case 'initialized':
      return 'Not started yet.';
    case 'standby':
      return lease?.holder === undefined
        ? 'Standing by: another driver is in charge.'
        : `Standing by: the driver ${quoted(lease.holder)} is in charge.`;
    case 'starting': {
      const receivers = inputs.filter(({ isReceiver }) => isReceiver);
      const active = receivers.filter((receiver) => receiver.state === 'active').length;
      return receivers.length === 0
        ? 'Starting.'
        : `Starting: ${active} of ${countText(receivers.length, 'receiver')} active.`;
    }
    case 'stopping':
      return `Stopping after ${done}.`;
    case 'stopped':
      return `Stopped after ${done}.`;
    case 'active':
      return activeWords(facts);
  }
}

function activeWords({ steps, batchIntervalMs }: VerdictFacts): string {
  if (steps.length === 0) return 'Running: no batch is completed yet.';
  const load = `Keeping up: batches take ${percentText(loadOf(steps))} of their interval`;
  if (steps.every(({ records }) => records === 0)) return `${load}; no records arrive.`;
  // On average a record waits for half an interval before its batch is due.
  const waitMs = batchIntervalMs / 2 + median(steps.map(({ totalMs }) => totalMs));
  return `${load}; a record waits ${lengthText(waitMs)}.`;
}
