// Decides whether a value can hold options.
import { isThenable } from './is-thenable.ts';

/**
 * True when a value may hold options by name. Maps, dates, lists and promises have none, and would count as no options.
 */
export function isOptions(value: unknown): value is Readonly<Record<string, unknown>> {
  try {
    return Object.prototype.toString.call(value) === '[object Object]' && !isThenable(value);
  } catch {
    return false;
  }
}
