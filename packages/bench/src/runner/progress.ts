// The progress of a run, shown on a terminal only: a log file needs results, not bars. The cursor and
// the wrapping of lines stay as they were, also for a process that is killed.
import { takesControls } from '@millrace/core/engine';
import { SingleBar } from 'cli-progress';

/** Shows the progress. */
export interface Progress {
  /** Counts one measurement. */
  step(what: string): void;
  end(): void;
}

/** A bar on the error stream if this stream is a terminal, otherwise no output. Results go to the standard output. */
export function makeProgress(total: number, stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!takesControls(stream)) return { step: () => undefined, end: () => undefined };
  const format = '{bar} {value}/{total} {what}, {eta_formatted} left';
  const bar = new SingleBar({ format, stream, linewrap: true, clearOnComplete: true });
  bar.start(total, 0, { what: '' });
  return { step: (what) => bar.increment(1, { what }), end: () => bar.stop() };
}
