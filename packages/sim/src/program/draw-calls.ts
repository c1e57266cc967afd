// Draws which operators of a program are asynchronous, with a random source of its own: a seed keeps the rest of its plan.
// The answers of an asynchronous operator are those of its synchronous twin.
import { Draw } from '../draw.ts';
import type { CallSettings, NodeSettings, ProgramNode, ProgramPlan } from './program-plan.ts';
import { shapesOf } from './shapes-of.ts';

/** Operators with an asynchronous twin. */
const TWINS: ReadonlySet<string> = new Set([
  'map',
  'flatMap',
  'filter',
  'mapValues',
  'flatMapValues',
  'eventMap',
  'eventFlatMap',
  'eventFilter',
]);

/** The share of programs with asynchronous operators, and of operators in them. */
const PROGRAMS = 0.5;
const OPERATORS = 0.6;

/** The program, with some of its operators asynchronous. */
export function withCalls(seed: string, program: ProgramPlan): ProgramPlan {
  const draw = new Draw(`${seed}/calls`);
  if (!draw.happens(PROGRAMS)) return program;
  const shapes = shapesOf(program);
  const called = ({ op, set, from }: Pick<ProgramNode, 'op' | 'set' | 'from'>): NodeSettings => {
    const isOrdered = shapes.get(from[0] ?? '')?.isOrdered !== false;
    const { inner } = set;
    if (inner !== undefined)
      return TWINS.has(inner.op) && draw.happens(OPERATORS)
        ? { ...set, inner: { ...inner, set: { ...inner.set, calls: drawCalls(draw, isOrdered) } } }
        : set;
    return TWINS.has(op) && draw.happens(OPERATORS) ? { ...set, calls: drawCalls(draw, isOrdered) } : set;
  };
  return { ...program, nodes: program.nodes.map((node) => ({ ...node, set: called(node) })) };
}

/** Results in the order of completion are drawn where the order of records means nothing. */
function drawCalls(draw: Draw, isOrdered: boolean): CallSettings {
  const concurrency = draw.of([1, 2, 16]);
  const mayHang = draw.happens(0.4);
  return {
    concurrency,
    ordered: isOrdered || draw.happens(0.5),
    waitMs: draw.of(concurrency === 1 ? [0, 2] : [0, 4, 12]),
    attempts: mayHang ? 3 : draw.of([1, 3]),
    ...(mayHang ? { timeoutMs: 40 } : {}),
  };
}
