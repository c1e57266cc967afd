// Asynchronous functions of drawn programs: functions of the program that take virtual time, sometimes fail, and sometimes
// never end. An aborted call must end its wait: a wait that goes on is found at rest.
import type { SimProgramSetup } from '../../sim-output.ts';
import type { CallSettings } from '../program-plan.ts';

/** The part of a call that functions use. */
interface Call {
  readonly signal: AbortSignal;
  readonly attempt: number;
}

/** Makes an asynchronous function of a function. */
export type MakeLater = <R>(
  fn: (record: unknown) => R,
  calls: CallSettings,
) => (record: unknown, call: Call) => Promise<R>;

/** The ratio of calls to output steps. */
const CALLS_PER_STEP = 10;

/** The share of first attempts that fail, and that never end, where another attempt follows. */
const FAILED_FIRST = 0.05;

/** Asynchronous functions in one process. */
export function userCalls({ process, plan, random, coverage, isFaulty }: SimProgramSetup): MakeLater {
  const rate = plan.jobFailureRate / CALLS_PER_STEP;
  const happens = (chance: number): boolean => process.isAlive && isFaulty() && random.next() < chance;
  return (fn, { waitMs, timeoutMs, attempts }) =>
    async (record, { signal, attempt }) => {
      if (attempt === 0 && timeoutMs !== undefined && happens(FAILED_FIRST))
        await process.clock.sleepFor(100 * timeoutMs, signal);
      if (waitMs > 0) await process.clock.sleepFor(random.integer(waitMs + 1), signal);
      if (attempt + 1 < attempts && happens(FAILED_FIRST)) throw new Error('the service is busy');
      if (happens(rate)) {
        coverage.fault('job-failure');
        throw new Error('the service did not answer');
      }
      return fn(record);
    };
}

/** The options of the operator. */
export function optionsOf({
  concurrency,
  ordered,
  attempts,
  timeoutMs,
}: CallSettings): Omit<CallSettings, 'waitMs'> {
  return { concurrency, ordered, attempts, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}
