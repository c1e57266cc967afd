// The functions of a clock. `after` and `sleepFor` joined the contract before its first release and under its number
// (ADR 0018), so a clock written earlier may lack both, and would fail at the first wait of some part.
import { Clock } from '../contracts/clock.ts';
import type { PortToken } from '../contracts/port-token.ts';

const METHODS: Readonly<Record<keyof Clock, true>> = {
  now: true,
  monotonicMs: true,
  schedule: true,
  after: true,
  sleepUntil: true,
  sleepFor: true,
};

/** The functions that a clock lacks. Of every other port: none. */
export function missingClockMethods(port: PortToken<unknown>, instance: object): readonly string[] {
  if (port !== Clock) return [];
  return Object.keys(METHODS).filter((name) => typeof Reflect.get(instance, name) !== 'function');
}
