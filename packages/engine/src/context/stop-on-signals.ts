// Ctrl-C and `kill` as an operator expects: the first asks for a graceful stop, the second for one at once.
import type { StopReport } from './stop-report.ts';

/** What to do about signals. */
export interface StopOnSignalsOptions {
  /** Default SIGINT and SIGTERM. */
  readonly signals?: readonly NodeJS.Signals[];
  /** The deadline of the graceful stop, in milliseconds from the signal; default: that of `stop`. */
  readonly deadlineMs?: number;
  /** Called at each signal, before anything is stopped. */
  readonly onSignal?: (signal: NodeJS.Signals) => void;
  /** Called with the account of the stop. */
  readonly onStopped?: (report: StopReport) => void;
}

/** What is stopped. */
export interface Stoppable {
  stop(options: { readonly graceful: boolean; readonly deadlineMs?: number }): Promise<StopReport>;
}

/** Installs the handlers. Returns a function that removes them; it is to be called when the context has stopped. */
export function stopOnSignals(context: Stoppable, options: StopOnSignalsOptions = {}): () => void {
  const { signals = ['SIGINT', 'SIGTERM'], deadlineMs, onSignal, onStopped } = options;
  let isAsked = false;
  const handle = (signal: NodeJS.Signals): void => {
    onSignal?.(signal);
    const graceful = !isAsked;
    isAsked = true;
    // `stop` never rejects: whatever goes wrong is in its report.
    void context
      .stop({ graceful, ...(graceful && deadlineMs !== undefined ? { deadlineMs } : {}) })
      .then((report) => {
        if (graceful) onStopped?.(report);
      });
  };
  for (const signal of signals) process.on(signal, handle);
  return () => {
    for (const signal of signals) process.off(signal, handle);
  };
}
