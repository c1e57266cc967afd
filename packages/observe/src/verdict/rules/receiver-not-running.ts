// Rule: a receiver does not run although the engine does.
import { countText, lengthText, messageText, quoted } from '../../text/words.ts';
import type { VerdictRule } from '../rule.ts';
import type { InputFacts } from '../verdict-facts.ts';

/** A receiver that is not active for this long does not run. */
const INACTIVE_MS = 5_000;
/** The first start may take longer. */
const FIRST_START_MS = 30_000;
/** With these restarts in two minutes, a receiver that is not active at the moment does not run. */
const RESTARTS = 3;
/** A receiver that is active for this long runs again. */
const ACTIVE_MS = 10_000;

/** Fires for receivers that fail, restart again and again, or do not start; holds until each is active for 10 s. */
export const receiverNotRunning: VerdictRule = {
  name: 'receiver-not-running',
  level: 'failed',
  judge: ({ inputs, state }, sinceMs) => {
    // A stop ends every receiver; the failure of one is the cause of a stop.
    const isRunning = state === 'active' || state === 'starting';
    if (!isRunning && !inputs.some((input) => input.state === 'failed')) return undefined;
    const down = inputs.filter(
      (input) => (isRunning || input.state === 'failed') && isDown(input, sinceMs !== undefined),
    );
    const worst = down.find(({ state: receiver }) => receiver === 'failed') ?? down[0];
    if (worst === undefined) return undefined;
    const further = down.length - 1;
    return `${wordsOf(worst)}${further === 0 ? '' : ` ${countText(further, 'more receiver is', 'more receivers are')} not running.`}`;
  },
};

function isDown(input: InputFacts, isFiring: boolean): boolean {
  const { isReceiver, state, inactiveForMs = 0, activeForMs = 0, recentRestarts } = input;
  if (!isReceiver) return false;
  if (state === 'failed') return true;
  // Without an error the source has ended.
  if (state === 'stopped') return input.endedByError === true;
  if (state === 'active') return isFiring && recentRestarts >= RESTARTS && activeForMs < ACTIVE_MS;
  if (recentRestarts === 0 && state === 'starting') return inactiveForMs >= FIRST_START_MS;
  return recentRestarts >= RESTARTS || inactiveForMs >= INACTIVE_MS;
}

function wordsOf(input: InputFacts): string {
  const { name, lastError } = input;
  return `Receiver ${quoted(name)} ${verbOf(input)}${lastError === undefined ? '.' : `: ${messageText(lastError)}`}`;
}

function verbOf({ state, recentRestarts, inactiveForMs = 0 }: InputFacts): string {
  if (state === 'failed') return 'has failed for good';
  if (state === 'stopped') return 'has ended and is not started again';
  if (state === 'active') return `was restarted ${countText(recentRestarts, 'time')} in 2 min`;
  return recentRestarts > 0
    ? `is not running (${countText(recentRestarts, 'restart')} in 2 min)`
    : `is not running (for ${lengthText(inactiveForMs)})`;
}
