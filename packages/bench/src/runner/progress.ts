// How far a run is, on a terminal only: a log file wants results, not bars.
import { SingleBar } from 'cli-progress';

/** Shows how much is done. */
export interface Progress {
  /** Counts one measurement. */
  step(what: string): void;
  end(): void;
}

/** A bar on the error stream when that is a terminal, else nothing. The results go to the other stream. */
export function makeProgress(total: number, stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return { step: () => undefined, end: () => undefined };
  const format = '{bar} {value}/{total} {what}, {eta_formatted} left';
  const bar = new SingleBar({ format, stream, clearOnComplete: true, hideCursor: true });
  bar.start(total, 0, { what: '' });
  return { step: (what) => bar.increment(1, { what }), end: () => bar.stop() };
}
