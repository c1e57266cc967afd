// `top` without a terminal: a line a second, and one for each change of the verdict.
import type { Clock } from '@millrace/core';
import { escapeControls } from '@millrace/core/engine';
import type { EngineView } from '../observed/engine-view.ts';
import type { EngineMoment } from '../observed/follow-dashboard.ts';
import { LEVEL_WORDS } from '../observed/level-words.ts';
import { count, counted, duration, isoTime } from '../text/figures.ts';

const EVERY_MS = 1_000;
/** A message a second comes a little early at times. */
const TOLERANCE_MS = 100;

/** Writes lines about moments until the moments end. */
export async function plainTop(
  moments: AsyncIterable<EngineMoment>,
  {
    clock,
    write,
    warn,
  }: {
    readonly clock: Pick<Clock, 'monotonicMs'>;
    readonly write: (text: string) => void;
    readonly warn: (text: string) => void;
  },
): Promise<void> {
  let lastMs = -Infinity;
  let lastVerdict = '';
  let lastReason: string | undefined;
  for await (const { view, connection } of moments) {
    if (connection.reason !== undefined && connection.reason !== lastReason) {
      warn(`${escapeControls(`${connection.kind}: ${connection.reason}`)}\n`);
    }
    lastReason = connection.reason;
    if (connection.kind === 'lost') continue;
    const nowMs = clock.monotonicMs();
    const verdict = `${view.summary.verdict.level} ${view.summary.verdict.rule}`;
    if (verdict === lastVerdict && nowMs - lastMs < EVERY_MS - TOLERANCE_MS) continue;
    lastMs = nowMs;
    lastVerdict = verdict;
    write(`${escapeControls(plainLine(view))}\n`);
  }
}

/** An engine at one moment, in one line. */
export function plainLine({ summary, inputs }: EngineView): string {
  const { timeMs, verdict, batches, delays } = summary;
  const rate = inputs.reduce((sum, { recordsPerSecond }) => sum + recordsPerSecond, 0);
  const figures = [
    `${count(rate)} records/s`,
    counted(batches.queued, 'batch queued', 'batches queued'),
    `processing p95 ${duration(delays.processing.p95)}`,
    `total delay p95 ${duration(delays.total.p95)}`,
  ].join(', ');
  return `${isoTime(timeMs)} ${LEVEL_WORDS[verdict.level] ?? verdict.level} ${figures}: ${verdict.words}`;
}
