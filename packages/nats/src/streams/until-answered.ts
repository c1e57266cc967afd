// Asks again for as long as nobody answers: a stream without a leader has one again after an election of some seconds.
import { type Clock, isMillraceError } from '@millrace/core';

const AGAIN_MS = 250;

/**
 * The answer to a question.
 *
 * @param signal Ends the attempts.
 * @throws the reason of the signal, and every error of `ask` except `MR_CLUSTER_UNANSWERED`.
 */
export async function untilAnswered<Answer>(
  ask: () => Promise<Answer>,
  { clock, signal }: { readonly clock: Clock; readonly signal?: AbortSignal },
): Promise<Answer> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      if (!isMillraceError(error, 'MR_CLUSTER_UNANSWERED')) throw error;
    }
    await clock.sleepFor(AGAIN_MS, signal);
  }
}
