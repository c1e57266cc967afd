// Counts the operators of programs: the pairs of one operator over another, beside the pairs allowed by the types of
// records, and the other parts of the language.
import { BATCH_OPERATOR_NAMES, OPERATOR_NAMES, type OperatorName } from './operator-names.ts';
import { operatorPairs, pairName } from './operator-pairs.ts';
import { ACTIONS, OUTPUT_KINDS, type ProgramPlan, SINK_KINDS } from './program-plan.ts';

/** A share of something that was drawn. */
export interface Share {
  readonly name: string;
  readonly reached: number;
  readonly of: number;
  readonly missing: readonly string[];
}

/** Counts the operators and pairs in programs. */
export class OperatorCoverage {
  readonly #pairs = new Set<string>();
  readonly #operators = new Set<string>();
  readonly #inner = new Set<string>();
  readonly #outputs = new Set<string>();
  readonly #actions = new Set<string>();

  /** Adds a program that has run. */
  add({ nodes, outputs }: ProgramPlan): void {
    const ops = new Map<string, OperatorName>(nodes.map(({ id, op }) => [id, op]));
    for (const { op, from, set } of nodes) {
      this.#operators.add(op);
      if (set.inner !== undefined) this.#inner.add(set.inner.op);
      for (const id of from) this.#pairs.add(pairName(op, ops.get(id) ?? 'input'));
    }
    for (const { kind, action } of outputs) {
      this.#outputs.add(kind);
      if (action !== undefined) this.#actions.add(action);
    }
  }

  /** The pairs of operators. */
  pairs(): Share {
    return share('pairs of operators', this.#pairs, operatorPairs().all);
  }

  /** The shares of the pairs and of all other parts. */
  shares(): readonly Share[] {
    return [
      this.pairs(),
      share('operators', this.#operators, OPERATOR_NAMES),
      share('operators of RDDs', this.#inner, BATCH_OPERATOR_NAMES),
      share('outputs', this.#outputs, [...OUTPUT_KINDS, ...SINK_KINDS]),
      share('actions', this.#actions, ACTIONS),
    ];
  }
}

function share(name: string, reached: ReadonlySet<string>, all: readonly string[]): Share {
  const missing = all.filter((one) => !reached.has(one));
  return { name, reached: all.length - missing.length, of: all.length, missing };
}
