// Rule: the engine stops, or has stopped, because of an error.
import { messageText } from '../../text/words.ts';
import type { VerdictRule } from '../rule.ts';

/** Fires from `streaming:failed` on. */
export const engineFailed: VerdictRule = {
  name: 'engine-failed',
  level: 'failed',
  judge: ({ failure, state }) => {
    if (failure === undefined) return undefined;
    const { message, code } = failure;
    const verb = state === 'stopped' ? 'has stopped' : 'stops';
    const known = code === undefined || message.includes(code) ? '' : ` (${code})`;
    return `The engine ${verb} because of an error${known}: ${messageText(message)}`;
  },
};
