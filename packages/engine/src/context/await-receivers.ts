// The wait for receivers at a start, bounded on the monotonic clock.
import type { Clock, ReceiverInfo, SerializedError } from '@millrace/core';
import { deserializeError } from '@millrace/core/engine';
import { contextError } from '../driver/context-errors.ts';
import type { Driver } from '../driver/driver.ts';

/** A wait for receivers. */
export interface ReceiverWait {
  readonly clock: Clock;
  readonly driver: Pick<Driver, 'receiversStarted' | 'receiverInfos'>;
  readonly withinMs: number;
  /** Resolves when the context has stopped. */
  readonly stopped: Promise<void>;
}

/**
 * Resolves when all receivers have started, or when the context has stopped.
 *
 * @throws `MR_CONTEXT_RECEIVERS_NOT_READY` when the time is over before.
 */
export async function awaitReceivers({ clock, driver, withinMs, stopped }: ReceiverWait): Promise<void> {
  const isOver = Promise.withResolvers<boolean>();
  const timer = clock.after(withinMs, () => isOver.resolve(true));
  try {
    const ended = Promise.race([driver.receiversStarted(), stopped]).then(() => false);
    if (await Promise.race([ended, isOver.promise])) throw notReady(driver.receiverInfos(), withinMs);
  } finally {
    timer.cancel();
  }
}

function notReady(receivers: readonly ReceiverInfo[], withinMs: number): Error {
  const late = receivers.filter(({ state }) => state !== 'active' && state !== 'stopped');
  const lines = late.map((receiver) => `  ${receiver.name} is ${receiver.state}${lastError(receiver)}`);
  const count = `${late.length} of ${receivers.length} receivers`;
  const message = [`${count} did not start within ${withinMs} ms`, ...lines].join('\n');
  const details = {
    withinMs,
    receivers: late.map(({ streamId, name, state, lastErrorMessage }) => ({
      streamId,
      name,
      state,
      ...(lastErrorMessage === undefined ? {} : { lastErrorMessage }),
    })),
  };
  const error = late.find((receiver) => receiver.lastError !== undefined)?.lastError;
  return contextError('MR_CONTEXT_RECEIVERS_NOT_READY', message, { details, ...causeOf(error) });
}

function lastError({ lastErrorMessage, lastError: error }: ReceiverInfo): string {
  if (lastErrorMessage === undefined) return ', without an error so far';
  const code = error?.code === undefined ? '' : `${error.code}: `;
  // The message of a throw in `start` is the engine's; the error has the receiver's own words.
  const own = error === undefined || lastErrorMessage.includes(error.message) ? '' : ` (${error.message})`;
  return `: ${code}${lastErrorMessage}${own}`;
}

function causeOf(error: SerializedError | undefined): { readonly cause?: Error } {
  return error === undefined ? {} : { cause: deserializeError(error) };
}
