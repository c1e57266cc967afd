// The progress of a run, shown on a terminal only: a log file needs results, not bars.
import { SingleBar } from 'cli-progress';

/** Shows the progress. */
export interface Progress {
  /** Counts one measurement. */
  step(what: string): void;
  end(): void;
}

/** A bar on the error stream if this stream is a terminal, otherwise no output. Results go to the standard output. */
export function makeProgress(total: number, stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return { step: () => undefined, end: () => undefined };
  const format = '{bar} {value}/{total} {what}, {eta_formatted} left';
  const bar = new SingleBar({ format, stream, clearOnComplete: true, hideCursor: true });
  bar.start(total, 0, { what: '' });
  return { step: (what) => bar.increment(1, { what }), end: () => bar.stop() };
}
