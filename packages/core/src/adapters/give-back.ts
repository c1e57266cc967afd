// The release of a source, within a time limit. A source that is stuck in a read answers only after that read, and a
// receiver without a limit would never stop (STP-1).
import type { ReceiverContext } from '../contracts/receiver.ts';

/** The time limit for releasing a source, in milliseconds of the engine's clock. */
export const GIVE_BACK_MS = 1_000;

/**
 * Runs `work` and waits at most `GIVE_BACK_MS`. Never rejects: an error is reported to the driver at any time; work
 * that exceeds the limit continues in the background, with a warning in the log.
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
    // Cancelled, because the source finished in time.
    () => false,
  );
  const isLate = await Promise.race([done.then(() => false), late]);
  waiting.abort();
  if (isLate) context.log.warn('source did not release its resources in time', { waitedMs: GIVE_BACK_MS });
}

async function settle(
  context: ReceiverContext<never>,
  work: () => void | PromiseLike<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    context.reportError('the source failed while releasing its resources', error);
  }
}
