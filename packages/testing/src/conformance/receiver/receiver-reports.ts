// The receiver's side of a failed check: its last requests and reports, with the causes of their errors. A check that
// misses records can only say so; the reason is mostly an error that the receiver has passed to the engine.
import { errorChain } from '../kit/error-chain.ts';
import type { StageContext } from './stage-context.ts';

/** Most requests and reports in one message. */
const REPORTS_MAX = 3;

/** A life of a receiver, as far as a report needs the life. */
export interface ReportedLife {
  readonly context: Pick<StageContext<never>, 'errors' | 'wishes'>;
}

/** The last requests and reports of all lives, as lines; the oldest first. */
export function receiverReports(lives: readonly ReportedLife[]): readonly string[] {
  const all = lives.flatMap(({ context }) => [
    ...context.errors.map(({ message, error }) => ({ what: 'reported', message, error })),
    ...context.wishes.map(({ kind, message, error }) => ({ what: `asked for a ${kind}`, message, error })),
  ]);
  const omitted = all.length - REPORTS_MAX;
  const lines = all
    .slice(-REPORTS_MAX)
    .flatMap(({ what, message, error }) => [
      `the receiver ${what}: ${message}`,
      ...(error === undefined ? [] : errorChain(error).map((line) => `  ${line}`)),
    ]);
  return omitted > 0 ? [`the receiver made ${omitted} more requests and reports before`, ...lines] : lines;
}
