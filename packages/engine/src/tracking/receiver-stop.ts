// Stopping all receivers, once, within a time limit (STP-1, REC-4). Each executor is asked to stop its receiver and
// answers when the stored records are registered; an executor without an answer at the deadline is reported and not
// waited for.
import type { Clock, Epoch, ExecutorBackend, ExecutorId, Logger, StreamId } from '@millrace/core';
import { byDeadline } from '../time/by-deadline.ts';
import type { ReceiverEntry } from './receiver-entry.ts';

/** Options of the stop. */
export interface ReceiverStopOptions {
  /**
   * True: receivers first store and register their records in memory. False: receivers give these records up, and the
   * report counts them.
   */
  readonly graceful: boolean;
  /** Monotonic time, in milliseconds, at which the stop ends in any case. */
  readonly deadlineMs: number;
}

/** The records that one receiver left behind. */
export interface ReceiverStopInfo {
  readonly streamId: StreamId;
  readonly name: string;
  /** Records in the receiver's memory that are neither durable nor registered; 0 after a clean stop. */
  readonly recordsLeft: number;
  /** False without an answer before the deadline, or when the executor is gone; `recordsLeft` is then unknown. */
  readonly hasAnswered: boolean;
}

/** The result of stopping: an entry for each receiver that ran or was about to run. */
export interface ReceiverStopReport {
  readonly receivers: readonly ReceiverStopInfo[];
}

/** The collaborators of stopping. */
export interface ReceiverStopDeps {
  readonly entries: Iterable<ReceiverEntry>;
  readonly backend: ExecutorBackend;
  readonly clock: Clock;
  readonly epoch: Epoch;
  readonly log: Logger;
}

/** Stops the receivers that have an attempt in progress, all at once. Never rejects, and ends by the deadline. */
export async function stopReceivers(
  deps: ReceiverStopDeps,
  options: ReceiverStopOptions,
): Promise<ReceiverStopReport> {
  const answered = new Map<StreamId, number>();
  const asked: ReceiverEntry[] = [];
  const answers: Promise<void>[] = [];
  for (const entry of deps.entries) {
    const { executorId } = entry;
    if (executorId === undefined) continue;
    asked.push(entry);
    answers.push(stopOne(deps, options, { entry, executorId, answered }));
  }
  if (answers.length > 0) await byDeadline(deps.clock, options.deadlineMs, Promise.all(answers));
  return report(asked, answered, deps.log);
}

async function stopOne(
  deps: ReceiverStopDeps,
  { graceful, deadlineMs }: ReceiverStopOptions,
  one: { entry: ReceiverEntry; executorId: ExecutorId; answered: Map<StreamId, number> },
): Promise<void> {
  const { backend, clock, epoch, log } = deps;
  const { entry, executorId, answered } = one;
  const { streamId } = entry;
  try {
    const reply = await backend.ask(executorId, 'StopReceiver', {
      epoch,
      streamId,
      message: 'stopped by the driver',
      withinMs: graceful ? Math.max(0, deadlineMs - clock.monotonicMs()) : 0,
    });
    answered.set(streamId, reply.recordsLeft);
  } catch (error) {
    // The stop continues without this receiver; the report names the receiver.
    log.warn('the stop request did not reach the receiver', { streamId, executorId, error });
  }
}

/** An answer counts, and so does a deregistration whose answer was lost. */
function report(
  asked: readonly ReceiverEntry[],
  answered: ReadonlyMap<StreamId, number>,
  log: Logger,
): ReceiverStopReport {
  const receivers = asked.map(({ streamId, name, recordsLeft }) => {
    const told = answered.get(streamId) ?? recordsLeft;
    return { streamId, name, recordsLeft: told ?? 0, hasAnswered: told !== undefined };
  });
  const unanswered = receivers.filter((receiver) => !receiver.hasAnswered).map(({ streamId }) => streamId);
  if (unanswered.length > 0)
    log.warn('receivers did not answer before the deadline of the stop', { unanswered });
  return { receivers };
}
