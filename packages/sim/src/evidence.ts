// The outside view of a world, from which checkers judge.
import type { Ledger } from './ledger.ts';
import type { Plan } from './plan.ts';
import type { SimSource } from './sim-source.ts';

/** The input of the checkers. */
export interface Evidence {
  readonly plan: Plan;
  readonly sources: readonly SimSource[];
  readonly ledger: Ledger;
  readonly violated: (promise: string, what: string) => void;
}
