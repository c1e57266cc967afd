// The driver's reaction to a failed run of a receiver: a count, one log line and one event for each failure, and the
// end of the engine when a receiver fails too often. The first failure is a warning, because sources come back; a
// repeated failure is an error, and so is a mistake in the code of a receiver, which no repetition repairs.
import { isMillraceError, type Clock, type Logger, type SerializedError } from '@millrace/core';
import { deserializeError } from '@millrace/core/engine';
import type { PublishEvent } from '../listening/publish-event.ts';
import { receivingError } from '../receiving/receiving-errors.ts';
import type { ReceivingOptions } from '../receiving/receiving-options.ts';
import type { ReceiverEntry } from './receiver-entry.ts';

/** The bounds of restarts, see `ReceivingOptions`. */
export type RestartBounds = Pick<ReceivingOptions, 'maxRestarts' | 'healthyAfterMs'>;

/** The bounds without options. */
export const NO_RESTART_BOUNDS: RestartBounds = { maxRestarts: Infinity, healthyAfterMs: 60_000 };

/** The collaborators of `ReceiverFailures`. */
export interface ReceiverFailuresDeps {
  readonly bounds: RestartBounds;
  readonly clock: Clock;
  readonly publish: PublishEvent;
  readonly log: Logger;
  /** Called with the error that stops the engine. */
  readonly onFatal: (error: unknown) => void;
}

/** A failed run. */
export interface ReceiverFailure {
  readonly message: string;
  /** The receiver's own error, if any. */
  readonly error: SerializedError | undefined;
  /** From the failure to the next start, in milliseconds; undefined: unknown. */
  readonly delayMs: number | undefined;
  /** An error of disposition `stop-engine`: no restart follows. */
  readonly fatal?: Error | undefined;
}

/** Errors that the runtime throws for mistakes in code. */
const MISTAKES: readonly string[] = ['ReferenceError', 'TypeError', 'SyntaxError', 'RangeError'];

/** Counts and reports failures of receivers. */
export class ReceiverFailures {
  readonly #deps: ReceiverFailuresDeps;

  constructor(deps: ReceiverFailuresDeps) {
    this.#deps = deps;
  }

  /** Begins the count of a receiver again that has run long enough. To be called before the run is closed. */
  forgetIfHealthy(entry: ReceiverEntry): void {
    const { bounds, clock } = this.#deps;
    if (entry.hasRunFor(bounds.healthyAfterMs, clock.monotonicMs())) entry.restartsInARow = 0;
  }

  /** Reports a failure that the entry has counted. Returns whether the receiver is started again. */
  report(entry: ReceiverEntry, failure: ReceiverFailure): boolean {
    const end = failure.fatal ?? this.#tooMany(entry, failure);
    if (end !== undefined) {
      this.#giveUp(entry, end);
      return false;
    }
    this.#log(entry, failure);
    const { message, error, delayMs = 0 } = failure;
    const restart = { restartsInARow: entry.restartsInARow, delayMs, message };
    this.#deps.publish('receiver:restarting', {
      receiver: entry.info(),
      restart: error === undefined ? restart : { ...restart, error },
    });
    return true;
  }

  #tooMany(entry: ReceiverEntry, { message, error }: ReceiverFailure): Error | undefined {
    const { maxRestarts } = this.#deps.bounds;
    const { streamId, name, restartsInARow } = entry;
    if (restartsInARow <= maxRestarts) return undefined;
    const times = restartsInARow === 1 ? 'once' : `${restartsInARow} times in a row`;
    const text = `receiver ${name} of stream ${streamId} failed ${times}, and maxRestarts is ${maxRestarts}: ${message}`;
    const cause = error === undefined ? undefined : deserializeError(error);
    const details = { streamId, receiver: name, restartsInARow, maxRestarts };
    return receivingError('MR_RECEIVER_GAVE_UP', text, { details, cause });
  }

  #giveUp(entry: ReceiverEntry, error: Error): void {
    const { log, publish, onFatal } = this.#deps;
    const { streamId, name, restartsInARow } = entry;
    entry.hasFailed = true;
    log.error('receiver failed and is not started again', {
      streamId,
      receiver: name,
      restartsInARow,
      error,
    });
    publish('receiver:failed', { receiver: entry.info() });
    onFatal(error);
  }

  #log(entry: ReceiverEntry, { message: problem, error, delayMs }: ReceiverFailure): void {
    const { log, bounds } = this.#deps;
    const { streamId, name: receiver, restartsInARow } = entry;
    const { maxRestarts } = bounds;
    const fields = {
      streamId,
      receiver,
      restartsInARow,
      ...(maxRestarts === Infinity ? {} : { maxRestarts }),
      ...(delayMs === undefined ? {} : { delayMs: Math.round(delayMs) }),
      ...(problem === error?.message ? {} : { problem }),
      ...(error === undefined ? {} : { error }),
    };
    if (isMistake(error)) log.error('receiver failed by a programming error, starting again', fields);
    else if (restartsInARow > 1) log.error('receiver failed again, starting again', fields);
    else log.warn('receiver failed, starting again', fields);
  }
}

/** A TypeError with a cause comes from a library: `fetch` reports an unreachable host in this way. */
function isMistake(error: SerializedError | undefined): boolean {
  if (error === undefined || error.cause !== undefined || isMillraceError(error)) return false;
  return MISTAKES.includes(error.name);
}
