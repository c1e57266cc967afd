// The progress of a run, shown on a terminal only: a log file needs results, not bars. The cursor and
// the wrapping of lines stay as they were, also for a process that is killed.
import { takesControls } from '@millrace/core/engine';
import { Presets, SingleBar } from 'cli-progress';
import { formatNumber } from '../report/format-number.ts';
import type { WorkloadProgress } from '../run/workload-run.ts';

/** The length of the words beside the bar; a line longer than the terminal is wide cannot be cleared. */
const WORDS = 56;

/** Shows progress. */
export interface ProgressBar {
  readonly update: (progress: WorkloadProgress) => void;
  readonly end: () => void;
}

/**
 * A bar on the error stream if this stream is a terminal, otherwise no output. The results go to the standard output.
 */
export function progressBar(stream: NodeJS.WriteStream = process.stderr): ProgressBar {
  if (!takesControls(stream)) return { update: () => undefined, end: () => undefined };
  const format = '{bar} {percentage}% {phase}, {sent} records sent, {processed} processed';
  const barsize = Math.max(4, Math.min(40, stream.columns - WORDS));
  const bar = new SingleBar(
    { format, stream, barsize, linewrap: true, clearOnComplete: true, gracefulExit: false },
    Presets.shades_classic,
  );
  let isStarted = false;
  return {
    update: ({ phase, elapsedMs, totalMs, sent, processed }) => {
      const shown = { phase, sent: formatNumber(sent), processed: formatNumber(processed) };
      if (!isStarted) bar.start(Math.round(totalMs), 0, shown);
      isStarted = true;
      bar.update(Math.round(Math.min(elapsedMs, totalMs)), shown);
    },
    end: () => {
      if (isStarted) bar.stop();
    },
  };
}
