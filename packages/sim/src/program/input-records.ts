// The records that a program reads of a source: one of so many, as a small number or as a pair of a key and that number.
// Programs join and group what they read; with all records their results would have no bounds.
import type { SimRecord } from '../sim-record.ts';
import type { NodeSettings } from './program-plan.ts';
import { KEYS } from './user-functions.ts';

/** Gives the records that an input makes of the record of a source. */
export function inputOf({ variant, every = 1 }: NodeSettings): (record: SimRecord) => readonly unknown[] {
  return ([number]) => {
    if (number % every !== 0) return [];
    const taken = number / every;
    return [variant === 'number' ? taken : [taken % KEYS, taken]];
  };
}
