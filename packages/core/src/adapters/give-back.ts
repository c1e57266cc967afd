// The end of a source: it is asked to give back what it holds, and waited for, but not for ever. A source that is
// stuck in a read answers only when that read does, and a receiver that waited for it would never stop (STP-1).
import type { ReceiverContext } from '../contracts/receiver.ts';

/** How long a source may take to give back what it holds, in milliseconds of the engine's clock. */
export const GIVE_BACK_MS = 1_000;

/**
 * Runs `work` and waits for it, at most `GIVE_BACK_MS`. Never rejects: an error is reported to the driver, whenever it
 * comes; work that takes longer is left to itself with a warning in the log.
 */
export async function giveBack(
  context: ReceiverContext<never>,
  work: () => void | PromiseLike<unknown>,
): Promise<void> {
  const done = settle(context, work);
  const waiting = new AbortController();
  const { clock } = context;
  const late = clock.sleepFor(GIVE_BACK_MS, waiting.signal).then(
    () => true,
    // Called off, because the source was in time.
    () => false,
  );
  const isLate = await Promise.race([done.then(() => false), late]);
  waiting.abort();
  if (isLate) context.log.warn('source has not given back what it holds', { waitedMs: GIVE_BACK_MS });
}

async function settle(
  context: ReceiverContext<never>,
  work: () => void | PromiseLike<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    context.reportError('the source failed while it gave back what it holds', error);
  }
}
