// Questions that change nothing, sent again while nobody answers. A question that went to a server which is cut off never gets an
// answer, and the same question a second later goes to another one; the last wait is long, since a busy server is slow.
import { isMillraceError } from '@millrace/core';

/** The waits before the last one, in milliseconds: several, since an election of the servers takes some seconds. */
const SHORT_MS: readonly number[] = [1_000, 1_000, 2_000, 2_000];

/**
 * The answer to a question. `mostMs`: the last wait; shorter ones come before.
 *
 * @throws `MR_CLUSTER_UNANSWERED` after the last wait, and every other error of `ask` at once.
 */
export async function askAgain<Answer>(
  ask: (timeoutMs: number) => Promise<Answer>,
  mostMs: number,
): Promise<Answer> {
  for (const timeoutMs of SHORT_MS) {
    if (timeoutMs >= mostMs) break;
    try {
      return await ask(timeoutMs);
    } catch (error) {
      if (!isMillraceError(error, 'MR_CLUSTER_UNANSWERED') || error.details['reason'] !== 'time-out')
        throw error;
    }
  }
  return ask(mostMs);
}
