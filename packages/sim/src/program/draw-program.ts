// Draws the program of a seed: a chain of operators with certain pairs on top of one another, the inputs needed by
// binary operators, and outputs.
import { Draw } from '../draw.ts';
import type { StreamPlan } from '../plan.ts';
import { type OperatorName, WINDOW_OPERATORS } from './operator-names.ts';
import { operatorPairs, realized, type RealizedChain } from './operator-pairs.ts';
import { operatorOf, remembers, takes } from './operators.ts';
import {
  ACTIONS,
  type NodeSettings,
  OUTPUT_KINDS,
  type ProgramNode,
  type ProgramOutput,
  type ProgramPlan,
} from './program-plan.ts';
import { mayAct, mayBe } from './possible-outputs.ts';
import { isSameType, NUMBER, PAIR } from './record-type.ts';
import { isKeyed, type Shape } from './shape.ts';
import { shapeOf } from './shapes-of.ts';
import { isSetFor } from './shrink-program.ts';

/** The approximate number of records a second that a program takes from a source. */
const TAKEN_PER_SECOND = 12;

/** The usual maximum of operators in a program, not counting inputs. */
const OPERATORS_MAX = 6;

/** The typical number of additional operators for a second input. */
function extraOf(op: OperatorName): number {
  return operatorOf(op).acceptsOther === undefined ? 0 : 1;
}

/** The world that a program is drawn for. */
export interface ProgramWorld {
  readonly streams: readonly StreamPlan[];
  /** True: data kept across batches survives the faults of the plan. */
  readonly mayRemember: boolean;
  readonly hasExecutors: boolean;
  /** The requested operators of the program, from the bottom up. Default: as drawn. */
  readonly operators?: readonly OperatorName[] | undefined;
}

/** The program of a seed. Consecutive turns take consecutive chains. */
export function drawProgram(seed: string, turn: number, world: ProgramWorld): ProgramPlan {
  const draw = new Draw(`${seed}/program`);
  const chain = forcedChain(draw, world) ?? drawChain(draw, turn, world);
  return programOf(chain ?? { input: 'pair', steps: [] }, draw, world);
}

function programOf({ input, steps }: RealizedChain, draw: Draw, world: ProgramWorld): ProgramPlan {
  const program = new DrawnProgram(draw, world);
  let top = program.input(input, 0);
  for (const { op, set } of steps) {
    const shape = program.shapeOf(top);
    // A second input may have enlarged the stream, or removed its order, since the chain was drawn.
    if (!takes(op, shape) || program.operatorCount >= OPERATORS_MAX - extraOf(op)) break;
    top = program.add(op, top, isSetFor(op, set, shape) ? set : drawnFor(op, draw, shape));
  }
  if (program.shapeOf(top).isTimed) top = program.add('records', top, {});
  return program.plan(top);
}

/** Operators with memory are only for plans that may remember. */
function forcedChain(draw: Draw, { operators, mayRemember }: ProgramWorld): RealizedChain | undefined {
  if (operators === undefined || (!mayRemember && operators.some(remembers))) return undefined;
  return realized(operators, draw);
}

/**
 * Two turns of three have the next chain of pairs; every third turn has operators with memory, over and under windows.
 */
function drawChain(draw: Draw, turn: number, { mayRemember }: ProgramWorld): RealizedChain | undefined {
  const { chains, chainsWithoutState } = operatorPairs();
  const all = mayRemember ? chains : chainsWithoutState;
  const isStack = mayRemember && turn % 3 === 0;
  if (!isStack) return realized(all[Math.floor((2 * turn) / 3) % all.length] ?? [], draw);
  const length = 1 + draw.upTo(3);
  for (let time = 0; time < 20; time += 1) {
    const chain = Array.from({ length }, () => draw.of(STACKED));
    const found = realized(chain, draw, 10);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Operators whose batches follow from earlier ones: a defect in one shows when another operator looks back. */
const STACKED = [
  'updateStateByKey',
  'mapWithState',
  ...WINDOW_OPERATORS,
  'reduceByKeyAndWindowInverse',
  'window',
  'window',
] as const;

class DrawnProgram {
  readonly #draw: Draw;
  readonly #world: ProgramWorld;
  readonly #nodes: ProgramNode[] = [];
  readonly #shapes = new Map<string, Shape>();
  readonly #byId = new Map<string, ProgramNode>();
  /** True: the program names its operators. */
  readonly #isNamed: boolean;

  constructor(draw: Draw, world: ProgramWorld) {
    this.#draw = draw;
    this.#world = world;
    this.#isNamed = draw.happens(0.7);
  }

  get operatorCount(): number {
    return this.#nodes.filter(({ op }) => op !== 'input').length;
  }

  shapeOf(id: string): Shape {
    return this.#shapes.get(id) as Shape;
  }

  input(variant: 'number' | 'pair', source: number): string {
    const { recordsPerSecond = TAKEN_PER_SECOND } = this.#world.streams[source] ?? {};
    const every = Math.max(1, Math.round(recordsPerSecond / TAKEN_PER_SECOND));
    return this.#node('input', [], { variant, source, every });
  }

  /** Puts an operator over a stream, with a second input for binary operators. */
  add(op: OperatorName, below: string, set: NodeSettings): string {
    const { acceptsOther } = operatorOf(op);
    const fits = (id: string) =>
      this.shapeOf(id).slide === this.shapeOf(below).slide &&
      this.shapeOf(id).isTimed === this.shapeOf(below).isTimed &&
      acceptsOther?.(this.shapeOf(id), this.shapeOf(below)) === true;
    if (acceptsOther === undefined) return this.#node(op, [below], set);
    return this.#node(op, [below, this.#otherFor(below, fits)], set);
  }

  plan(top: string): ProgramPlan {
    const draw = this.#draw;
    const parallelism = draw.happens(0.6) ? [1 + draw.upTo(2)] : [1 + draw.upTo(2), 1 + draw.upTo(3), 1];
    const outputs = this.#nodes
      .filter(
        ({ id, op }) => !this.shapeOf(id).isTimed && (id === top || (op !== 'input' && draw.happens(0.2))),
      )
      .map(({ id }, place) => ({ id: place, ...this.#output(id, parallelism.length > 1) }));
    const isSliced = outputs.some(({ kind }) => kind === 'slice');
    const rememberBatches = isSliced && draw.happens(0.5) ? { rememberBatches: 4 } : {};
    return { nodes: this.#nodes, outputs, parallelism, ...rememberBatches };
  }

  /** Takes a fitting earlier stream, or otherwise makes a stream from another source or from the stream itself. */
  #otherFor(below: string, fits: (id: string) => boolean): string {
    const draw = this.#draw;
    const shape = this.shapeOf(below);
    const candidates = this.#nodes.map(({ id }) => id).filter((id) => id !== below && fits(id));
    if (candidates.length > 0 && draw.happens(0.6)) return draw.of(candidates);
    return this.#newOther(shape, fits) ?? this.#overItself(below, fits) ?? below;
  }

  /** A stream of a separate source, with the same batch times. */
  #newOther({ type, slide, isTimed }: Shape, fits: (id: string) => boolean): string | undefined {
    const isNumber = isSameType(type, NUMBER);
    if (!isNumber && !isSameType(type, PAIR)) return undefined;
    const before = this.#nodes.length;
    let id = this.input(isNumber ? 'number' : 'pair', this.#draw.upTo(this.#world.streams.length - 1));
    if (slide > 1) id = this.#node('window', [id], { length: slide, slide });
    if (isTimed)
      id = this.#node('assignTimestamps', [id], drawnFor('assignTimestamps', this.#draw, this.shapeOf(id)));
    if (fits(id)) return id;
    this.#forgetFrom(before);
    return undefined;
  }

  /** A part of the stream itself, or for large streams of pairs one pair of each key. */
  #overItself(below: string, fits: (id: string) => boolean): string | undefined {
    const shape = this.shapeOf(below);
    const kept = shape.isTimed ? 'eventFilter' : 'filter';
    const ops =
      isKeyed(shape) && !shape.isTimed ? this.#draw.shuffled([kept, 'reduceByKey'] as const) : [kept];
    for (const op of ops) {
      const before = this.#nodes.length;
      const id = this.#node(op as OperatorName, [below], drawnFor(op as OperatorName, this.#draw, shape));
      if (fits(id)) return id;
      this.#forgetFrom(before);
    }
    return undefined;
  }

  #forgetFrom(length: number): void {
    for (const { id } of this.#nodes.splice(length)) {
      this.#shapes.delete(id);
      this.#byId.delete(id);
    }
  }

  #node(op: OperatorName, from: readonly string[], set: NodeSettings): string {
    const id = `${op}-${this.#nodes.length}`;
    const hasUid = this.#isNamed && canHaveUid(op);
    const node: ProgramNode = { id, op, from, set, ...(hasUid ? { hasUid } : {}) };
    this.#nodes.push(node);
    this.#byId.set(id, node);
    this.#shapes.set(id, shapeOf(node, this.#shapes, this.#byId));
    return id;
  }

  #output(from: string, changesParallelism: boolean): Omit<ProgramOutput, 'id'> {
    const draw = this.#draw;
    const shape = this.shapeOf(from);
    const kinds = OUTPUT_KINDS.filter((kind) =>
      mayBe(kind, shape, { changesParallelism, hasExecutors: this.#world.hasExecutors }),
    );
    const kind = draw.happens(0.6) ? 'foreachRDD' : draw.of(kinds);
    if (kind === 'slice') return { kind, from, back: 1 + draw.upTo(2) };
    const actions = ACTIONS.filter((action) => mayAct(action, shape));
    if (kind !== 'foreachRDD' || actions.length === 0 || draw.happens(0.6)) return { kind, from };
    return { kind, from, action: draw.of(actions) };
  }
}

function drawnFor(op: OperatorName, draw: Draw, shape: Shape): NodeSettings {
  return operatorOf(op).draw?.(draw, shape) ?? {};
}

/** Operators that return the stream below share its name, and so do streams of one watermark. */
function canHaveUid(op: OperatorName): boolean {
  return !['persist', 'cache', 'eventMap', 'eventFlatMap', 'eventFilter', 'watermarks'].includes(op);
}
