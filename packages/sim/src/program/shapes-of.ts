// The shapes of all streams of a program, starting from its inputs.
import { operatorOf, remembers } from './operators.ts';
import type { ProgramNode, ProgramPlan } from './program-plan.ts';
import { NUMBER } from './record-type.ts';
import type { Shape } from './shape.ts';

/** The shape of an input. */
const SOURCE: Shape = {
  op: 'input',
  type: NUMBER,
  slide: 1,
  isOrdered: true,
  isTimed: false,
  size: 8,
  remembers: false,
};

/** The shapes by the ids of nodes. */
export function shapesOf({ nodes }: Pick<ProgramPlan, 'nodes'>): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const node of nodes) shapes.set(node.id, shapeOf(node, shapes, byId));
  return shapes;
}

/** The shape of one node, given the shapes of earlier nodes. */
export function shapeOf(
  node: ProgramNode,
  shapes: ReadonlyMap<string, Shape>,
  byId: ReadonlyMap<string, ProgramNode>,
): Shape {
  const first = shapes.get(node.from[0] ?? '') ?? SOURCE;
  // Late records have the type of the stream below their windows.
  const below = node.op === 'lateRecords' ? byId.get(node.from[0] ?? '')?.from[0] : node.from[1];
  const other = shapes.get(below ?? '') ?? first;
  return resultOf(node, first, other);
}

/** The shape of the result of an operator. */
export function resultOf({ op, set }: Pick<ProgramNode, 'op' | 'set'>, first: Shape, other: Shape): Shape {
  return {
    ...first,
    ...operatorOf(op).result({ first, other }, set),
    op,
    remembers: first.remembers || other.remembers || remembers(op),
  };
}
