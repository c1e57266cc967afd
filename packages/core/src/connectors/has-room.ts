// The wait of a receiver that reads a source by itself.
import type { ReceiverContext } from '../contracts/receiver.ts';

/**
 * Waits until the engine takes records again, after a `store` that answered false. False when the receiver is stopped meanwhile.
 *
 * @throws errors of `ready` while the receiver runs.
 */
export async function hasRoom(context: Pick<ReceiverContext<never>, 'ready' | 'signal'>): Promise<boolean> {
  try {
    await context.ready();
    return !context.signal.aborted;
  } catch (error) {
    if (context.signal.aborted) return false;
    throw error;
  }
}
