// The pairs of operators allowed by the types of records, and chains of operators that contain all pairs: each seed
// takes the next chain, so that every pair is drawn repeatedly.
import { Draw } from '../draw.ts';
import { OPERATOR_NAMES, type OperatorName } from './operator-names.ts';
import { operatorOf, remembers, takes } from './operators.ts';
import { NUMBER, PAIR } from './record-type.ts';
import type { Shape } from './shape.ts';
import { resultOf } from './shapes-of.ts';

/** The name of a pair. */
export function pairName(over: OperatorName, below: OperatorName): string {
  return `${over} over ${below}`;
}

/** Operators from the bottom up. */
export type Chain = readonly OperatorName[];

/** The maximum length of a chain, so that a program has at most six operators including those for second inputs. */
const CHAIN_MAX = 5;
/** The number of tries for settings whose result the next operator accepts. */
const TRIES = 60;

const INPUTS: readonly Shape[] = [NUMBER, PAIR].map((type) => ({
  op: 'input',
  type,
  slide: 1,
  isOrdered: true,
  isTimed: false,
  size: 8,
  remembers: false,
}));

/** All pairs, and chains that contain the pairs. */
interface Pairs {
  /** The names of all pairs. */
  readonly all: readonly string[];
  readonly chains: readonly Chain[];
  /** Chains without operators that keep data across batches. */
  readonly chainsWithoutState: readonly Chain[];
}

let learned: Pairs | undefined;

/**
 * The pairs allowed by types, and chains that contain all pairs. Computed once per process, always with the same
 * result.
 */
export function operatorPairs(): Pairs {
  if (learned !== undefined) return learned;
  const ways = waysToPairs();
  const stateless = new Map(
    [...ways].filter(([, { over, below, before }]) => ![over, below, ...before].some(remembers)),
  );
  learned = { all: [...ways.keys()], chains: chainsOf(ways), chainsWithoutState: chainsOf(stateless) };
  return learned;
}

/** A pair, and the operators from an input to the lower operator of the pair. */
interface Way {
  readonly over: OperatorName;
  readonly below: OperatorName;
  readonly before: Chain;
}

/** Tries every operator over every result of every operator over inputs and over results of such operators. */
function waysToPairs(): ReadonlyMap<string, Way> {
  const draw = new Draw('operator pairs');
  const ways = new Map<string, Way>();
  let reached = INPUTS.map((shape) => ({ shape, before: [] as Chain }));
  const known = new Set<string>();
  for (let depth = 0; depth < 3; depth += 1) {
    const next: typeof reached = [];
    for (const { shape, before } of reached) {
      for (const below of OPERATOR_NAMES) {
        for (const result of resultsOf(below, shape, draw)) {
          for (const over of OPERATOR_NAMES) {
            const name = pairName(over, below);
            if (!ways.has(name) && takes(over, result)) ways.set(name, { over, below, before });
          }
          const isSpecial = below === 'mapWithState' || below.startsWith('windows');
          const key = JSON.stringify([result.type, result.isTimed, isSpecial ? below : '']);
          if (known.has(key)) continue;
          known.add(key);
          next.push({ shape: result, before: [...before, below] });
        }
      }
    }
    // Deeper results have larger types and no new kinds of types.
    reached = next.slice(0, 60);
  }
  return ways;
}

/** The different results of an operator, by its settings. */
function resultsOf(op: OperatorName, shape: Shape, draw: Draw): readonly Shape[] {
  if (!takes(op, shape)) return [];
  const results = new Map<string, Shape>();
  for (let time = 0; time < (operatorOf(op).draw === undefined ? 1 : 8); time += 1) {
    const set = operatorOf(op).draw?.(draw, shape) ?? {};
    for (const other of op === 'lateRecords' ? INPUTS : [shape]) {
      const result = resultOf({ op, set }, shape, other);
      results.set(JSON.stringify(result.type), { ...result, slide: 1, size: 8 });
    }
  }
  return [...results.values()];
}

/** Chains with all pairs; chains are added until every pair is contained. */
function chainsOf(ways: ReadonlyMap<string, Way>): readonly Chain[] {
  const uncovered = new Set(ways.keys());
  const draw = new Draw('operator chains');
  const chains: Chain[] = [];
  for (const [name, { over, below, before }] of ways) {
    if (!uncovered.has(name)) continue;
    uncovered.delete(name);
    const chain: OperatorName[] = [...before, below, over];
    while (chain.length < CHAIN_MAX) {
      const last = chain.at(-1) as OperatorName;
      const candidates = OPERATOR_NAMES.filter((next) => uncovered.has(pairName(next, last)));
      const next = candidates.find((candidate) => realized([...chain, candidate], draw, 8) !== undefined);
      if (next === undefined) break;
      uncovered.delete(pairName(next, last));
      chain.push(next);
    }
    chains.push(chain);
  }
  return chains;
}

/** One step of a chain: the operator, its settings, and its result. */
export interface Step {
  readonly op: OperatorName;
  readonly set: ReturnType<NonNullable<ReturnType<typeof operatorOf>['draw']>>;
}

/** A chain with settings, and its input. */
export interface RealizedChain {
  readonly input: 'number' | 'pair';
  readonly steps: readonly Step[];
}

/**
 * Draws settings for a chain, such that each operator accepts the result of the one below; undefined when no settings
 * were found.
 */
export function realized(chain: Chain, draw: Draw, tries = TRIES): RealizedChain | undefined {
  for (let time = 0; time < tries; time += 1) {
    const input = draw.of(['number', 'pair', 'pair'] as const);
    const steps: Step[] = [];
    let shape = INPUTS[input === 'number' ? 0 : 1] as Shape;
    let below = shape;
    for (const op of chain) {
      if (!takes(op, shape)) break;
      const set = operatorOf(op).draw?.(draw, shape) ?? {};
      steps.push({ op, set });
      // Late records have the type of the stream below the windows.
      const result = resultOf({ op, set }, shape, op === 'lateRecords' ? below : shape);
      below = shape;
      shape = result;
    }
    if (steps.length === chain.length) return { input, steps };
  }
  return undefined;
}
