// STA-1 for windows of event time: every batch has the watermark, the windows and the late records that follow from the
// records of all batches up to it, whatever died in between. A batch that was made again is compared with itself by the
// ledger (BAT-4), down to the order of records in a window.
import type { Evidence } from './check-promises.ts';
import { eventAnswers, inOrderOfTexts, type EventAnswer } from './event-time-answers.ts';
import { EVENT_OUTPUTS } from './event-time-program.ts';
import type { InputHistory } from './input-history.ts';
import type { OutputRecords } from './ledger.ts';

/** Checks what was written so far; a batch may only be missing where no later one was written. */
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
        return violated('BAT-2', `${name} has no batch ${batchTime}, and later ones`);
      const expected = JSON.stringify(answer[part]);
      const actual = JSON.stringify(inOrderOfTexts(arranged(part, records)));
      if (actual === expected) continue;
      return violated(
        'STA-1',
        `${name} of batch ${batchTime} are ${actual}, from the input follows ${expected}`,
      );
    }
  }
}

/** Checks that nothing is missing at the end. */
export function checkEventTimeIsWhole({ plan, ledger, violated }: Evidence, history: InputHistory): void {
  if (plan.eventTime === undefined) return;
  for (const name of Object.values(EVENT_OUTPUTS)) {
    const written = new Map(ledger.batches(name));
    const missing = [...history.batches.keys()].filter(
      (batchTime) => !written.has(batchTime) && !ledger.isSkipped(batchTime),
    );
    if (missing.length > 0) violated('BAT-2', `${name} has no batch ${missing[0]}, and the streams have`);
  }
}

/** In which order a window has its records follows from how they came; here only counts which they are. */
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
