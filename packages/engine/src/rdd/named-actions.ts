// Actions that can be identified by name alone, without a closure. A task message holds no function; an executor
// that does not share the driver's memory makes these actions from the name. All other actions hold functions of
// their callers: the driver applies such actions itself, to records that it gets by `collect`.
import type { Action } from './action.ts';
import { collect, count, countByValue, takeFirst } from './actions.ts';

/** Name of the action that an output operation of the program applies to each partition. */
export const OUTPUT_ACTION = 'output';

/** The action of a portable name; undefined for any other name. */
export function namedAction(name: string): Action<unknown, unknown, unknown> | undefined {
  const [kind, argument] = name.split(':');
  if (kind === 'collect') return collect<unknown>();
  if (kind === 'count') return count();
  if (kind === 'countByValue') return countByValue<unknown>();
  const most = Number(argument);
  if (kind !== 'take' || !Number.isSafeInteger(most) || most < 0) return undefined;
  return takeFirst<unknown>(most);
}
