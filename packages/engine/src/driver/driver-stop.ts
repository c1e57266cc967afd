// Stops a driver: receivers first, then the batches of the received data, then every log and store that the batches
// write to. All steps share one deadline, and each step is attempted even after failures of earlier steps. Anything
// left at the end is reported, not waited for (STP-1).
import type { Clock, Logger, ReceiverInfo } from '@millrace/core';
import { byDeadline } from '../time/by-deadline.ts';
import type { DriverDeps, ProgramReceiver } from './driver-deps.ts';
import type { DriverComponents } from './driver-components.ts';
import type { ReceiverStopInfo } from '../tracking/receiver-stop.ts';
import type { ReceiverNotRunning, StopReport } from './stop-report.ts';

/** Options of a stop. */
export interface DriverStopOptions {
  /** True: received data is processed first. */
  readonly graceful: boolean;
  /** True: another driver may take over at once. False: drivers that stand by end as well. */
  readonly handOver: boolean;
  /** Monotonic time of the end of the stop, even with work left. */
  readonly deadlineMs: number;
  /** Aborted when a graceful stop has to become an immediate stop. */
  readonly hurry: AbortSignal;
}

/** Longest wait of an immediate stop for parts that do not answer. */
export const HURRIED_STOP_MS = 2_000;

/** The parts to stop. */
export interface StoppingDriver {
  readonly deps: DriverDeps;
  readonly clock: Clock;
  readonly log: Logger;
  /** Settles at the end of a running start; undefined: no start is running. */
  readonly starting: Promise<void> | undefined;
  /** The running components; undefined: none. */
  readonly running: () => DriverComponents | undefined;
}

/** Stops everything by the deadline, and reports the remains (STP-1). Never rejects: errors are in the report. */
export async function stopDriver(driver: StoppingDriver, options: DriverStopOptions): Promise<StopReport> {
  const { deps, clock, log, starting } = driver;
  const { graceful, handOver, deadlineMs, hurry } = options;
  const begunMs = clock.monotonicMs();
  const steps = new StopSteps({ clock, log, hurry }, deadlineMs);
  if (starting !== undefined) await steps.run('start', starting);
  const running = driver.running();
  const remains = running === undefined ? NOTHING_RAN : await stopRunning(deps, running, { steps, options });
  await steps.run('executors', deps.executors.backend.stop());
  await steps.run('dead letters', deps.recordErrors.close());
  await steps.run('lease', deps.charge.end(handOver));
  await steps.run('ports', deps.assembled.close());
  const report = {
    graceful: graceful && !hurry.aborted,
    durationMs: clock.monotonicMs() - begunMs,
    ...remains,
    errors: steps.errors,
  };
  return { ...report, isClean: isClean(report) };
}

async function stopRunning(
  deps: DriverDeps,
  running: DriverComponents,
  { steps, options }: { readonly steps: StopSteps; readonly options: DriverStopOptions },
): Promise<StopRemains> {
  const { durable, blockTracker, receiverTracker, scheduler, generator, allocation, checkpoints } = running;
  await allocation?.stop();
  const { graceful, deadlineMs, hurry } = options;
  if (!graceful) scheduler.halt();
  const receiversNotRunning = receiverTracker.receiverInfos().filter(isNotRunning).map(notRunning);
  const receivers = receiverTracker.stop({ graceful, deadlineMs });
  if (graceful) await Promise.race([drain(running, steps, receivers), whenAborted(hurry)]);
  scheduler.halt();
  const receiverReport = await steps.run('receivers', receivers);
  await steps.run('generator', generator.halt());
  const remains = {
    receivers: receiverReport?.receivers ?? deps.receivers.map(notAnswered),
    receiversNotRunning,
    unallocatedRecords: blockTracker.unallocatedRecordCount(),
    pendingBatches: scheduler.pendingBatches(),
    batchesNotMade: generator.batchesLeft,
  };
  // The deletions that the last checkpoint permits are still written to the log; then the log is closed.
  if (checkpoints !== undefined) await steps.run('last checkpoint', checkpoints.end());
  await steps.run('block tracker', blockTracker.stop());
  await steps.run('durable parts', durable.close());
  return remains;
}

/** Turns all received data into batches, and completes the batches. */
async function drain(
  running: DriverComponents,
  steps: StopSteps,
  receivers: Promise<unknown>,
): Promise<void> {
  await steps.run('receivers', receivers);
  await steps.run('last batches', running.generator.finish());
  await steps.run('batches', running.scheduler.waitBelow(1));
}

/** The remains of a stop. */
type StopRemains = Pick<
  StopReport,
  'receivers' | 'receiversNotRunning' | 'unallocatedRecords' | 'pendingBatches' | 'batchesNotMade'
>;

const NOTHING_RAN: StopRemains = {
  receivers: [],
  receiversNotRunning: [],
  unallocatedRecords: 0,
  pendingBatches: [],
  batchesNotMade: 0,
};

/** The bounds of the steps of a stop. */
interface StopBounds {
  readonly clock: Clock;
  readonly log: Logger;
  readonly hurry: AbortSignal;
}

/** The steps of a stop: all share one deadline, and each is attempted whatever the result of the others. */
class StopSteps {
  readonly #bounds: StopBounds;
  readonly #hurried: Promise<'hurried'>;
  readonly errors: unknown[] = [];
  #deadlineMs: number;

  constructor(bounds: StopBounds, deadlineMs: number) {
    this.#bounds = bounds;
    this.#deadlineMs = deadlineMs;
    this.#hurried = whenAborted(bounds.hurry).then(() => {
      this.#deadlineMs = Math.min(this.#deadlineMs, bounds.clock.monotonicMs() + HURRIED_STOP_MS);
      return 'hurried';
    });
  }

  async run<T>(step: string, promise: Promise<T>): Promise<T | undefined> {
    const { clock, log } = this.#bounds;
    const ended = promise.then((value) => ({ value }));
    let outcome = await byDeadline(clock, this.#deadlineMs, Promise.race([ended, this.#hurried]));
    // The step goes on for the time of an immediate stop.
    if (outcome.kind === 'done' && outcome.value === 'hurried')
      outcome = await byDeadline(clock, this.#deadlineMs, ended);
    if (outcome.kind === 'done') return outcome.value === 'hurried' ? undefined : outcome.value.value;
    const error = outcome.kind === 'failed' ? outcome.error : undefined;
    if (error !== undefined) this.errors.push(error);
    log.warn('a step of stopping failed', { step, outcome: outcome.kind, error });
    return undefined;
  }
}

async function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

function isNotRunning({ state }: ReceiverInfo): boolean {
  return state !== 'active' && state !== 'stopped';
}

function notRunning({ streamId, name, state, lastErrorMessage }: ReceiverInfo): ReceiverNotRunning {
  return { streamId, name, state, ...(lastErrorMessage === undefined ? {} : { lastErrorMessage }) };
}

function notAnswered({ streamId, receiver }: ProgramReceiver): ReceiverStopInfo {
  return { streamId, name: receiver.description, recordsLeft: 0, hasAnswered: false };
}

function isClean(report: Omit<StopReport, 'isClean'>): boolean {
  return (
    report.receivers.every((receiver) => receiver.hasAnswered && receiver.recordsLeft === 0) &&
    report.unallocatedRecords === 0 &&
    report.pendingBatches.length === 0 &&
    report.batchesNotMade === 0 &&
    report.errors.length === 0
  );
}
