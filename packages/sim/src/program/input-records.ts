// The records that a program reads from a source: a fraction of the records, each as a small number or as a pair of a
// key and this number. Programs join and group their input; with all records the results would have no bounds.
import type { SimRecord } from '../sim-record.ts';
import type { NodeSettings } from './program-plan.ts';
import { KEYS } from './user-functions.ts';

/** Converts the record of a source to the records of an input. */
export function inputOf({ variant, every = 1 }: NodeSettings): (record: SimRecord) => readonly unknown[] {
  return ([number]) => {
    if (number % every !== 0) return [];
    const taken = number / every;
    return [variant === 'number' ? taken : [taken % KEYS, taken]];
  };
}
