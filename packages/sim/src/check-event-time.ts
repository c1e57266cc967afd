// Checks STA-1 for event-time windows: every batch has the watermark, the windows and the late records that follow from
// the records of all batches so far, independent of process deaths. The ledger compares a batch with its re-runs (BAT-4),
// including the order of records in a window.
import type { Evidence } from './evidence.ts';
import { eventAnswers, inOrderOfTexts, type EventAnswer } from './event-time-answers.ts';
import { EVENT_OUTPUTS } from './event-time-program.ts';
import type { InputHistory } from './input-history.ts';
import type { OutputRecords } from './ledger.ts';

/** Checks the output so far; a batch may be missing only when no later one was written. */
export function checkEventTime(evidence: Evidence, history: InputHistory): void {
  const { plan, ledger, violated } = evidence;
  if (plan.eventTime === undefined) return;
  const answers = eventAnswers(plan.eventTime, plan.streams, history);
  for (const part of ['watermarks', 'windows', 'late'] as const) {
    const name = EVENT_OUTPUTS[part];
    const written = new Map(ledger.batches(name));
    const last = Math.max(...written.keys());
    for (const [batchTime, answer] of answers) {
      if (batchTime > last) break;
      const records = written.get(batchTime);
      if (records === undefined && ledger.isSkipped(batchTime)) continue;
      if (records === undefined)
        return violated('BAT-2', `${name} lacks batch ${batchTime} and has later ones`);
      const expected = JSON.stringify(answer[part]);
      const actual = JSON.stringify(inOrderOfTexts(arranged(part, records)));
      if (actual === expected) continue;
      return violated('STA-1', `${name} of batch ${batchTime} are ${actual}, the input requires ${expected}`);
    }
  }
}

/** Checks that no batch is missing at the end. */
export function checkEventTimeIsWhole({ plan, ledger, violated }: Evidence, history: InputHistory): void {
  if (plan.eventTime === undefined) return;
  for (const name of Object.values(EVENT_OUTPUTS)) {
    const written = new Map(ledger.batches(name));
    const missing = [...history.batches.keys()].filter(
      (batchTime) => !written.has(batchTime) && !ledger.isSkipped(batchTime),
    );
    if (missing.length > 0)
      violated('BAT-2', `${name} lacks batch ${missing[0]}, and the streams have the batch`);
  }
}

/** The order of records in a window depends on their arrival; this check compares only the set of records. */
function arranged(part: keyof EventAnswer, records: OutputRecords): OutputRecords {
  if (part !== 'windows') return records;
  return (records as EventAnswer['windows']).map(([key, startMs, endMs, numbers, replaces]) => [
    key,
    startMs,
    endMs,
    numbers.toSorted((a, b) => a - b),
    replaces,
  ]);
}
