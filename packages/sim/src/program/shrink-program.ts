// Shrinks drawn programs: removes outputs and operators, shortens windows, resets settings to defaults. Programs with
// invalid types are skipped.
import { withoutUnknownSinks } from './sinks/draw-sinks.ts';
import { batchOperator, combinersOf } from './batch-operators.ts';
import { operatorOf, takes } from './operators.ts';
import { mayAct, mayBe } from './possible-outputs.ts';
import type { NodeSettings, ProgramNode, ProgramOutput, ProgramPlan } from './program-plan.ts';
import { pairOf } from './record-type.ts';
import type { Shape } from './shape.ts';
import type { Combiner } from './user-functions.ts';
import { shapesOf } from './shapes-of.ts';

/** Every program with one thing removed, the largest reductions first. */
export function* smallerPrograms(program: ProgramPlan): Generator<ProgramPlan> {
  for (const candidate of candidates(program)) {
    const used = withoutUnread(candidate);
    if (isPossible(used)) yield used;
  }
}

function* candidates(program: ProgramPlan): Generator<ProgramPlan> {
  const { nodes, outputs, parallelism } = program;
  if (outputs.length > 1) {
    for (const index of outputs.keys()) yield { ...program, outputs: outputs.toSpliced(index, 1) };
  }
  // An output takes over the inputs of a removed operator; an operator is replaced by the one below.
  for (const { id, from } of nodes.toReversed()) {
    for (const below of new Set(from)) yield replaced(program, id, below);
  }
  if (parallelism.length > 1 || parallelism[0] !== 1) yield { ...program, parallelism: [1] };
  for (const [index, node] of nodes.entries()) {
    for (const simpler of simplerNodes(node)) yield { ...program, nodes: nodes.with(index, simpler) };
  }
  for (const [index, output] of outputs.entries()) {
    for (const simpler of simplerOutputs(output)) yield { ...program, outputs: outputs.with(index, simpler) };
  }
}

function replaced(program: ProgramPlan, id: string, by: string): ProgramPlan {
  return {
    ...program,
    nodes: program.nodes
      .filter((node) => node.id !== id)
      .map((node) => ({ ...node, from: node.from.map((from) => (from === id ? by : from)) })),
    outputs: program.outputs.map((output) => (output.from === id ? { ...output, from: by } : output)),
  };
}

function* simplerNodes(node: ProgramNode): Generator<ProgramNode> {
  const { set, from, hasUid } = node;
  const { length = 1, slide = 1 } = set;
  if (from.length > 1 && from[0] !== from[1]) yield { ...node, from: [from[0] ?? '', from[0] ?? ''] };
  if (slide > 1) yield { ...node, set: { ...set, slide: 1 } };
  if (length > 1) yield { ...node, set: { ...set, length: length - 1 } };
  for (const name of ['partitions', 'timeout', 'initialKeys', 'byContext', 'descending', 'calls'] as const) {
    if (set[name] !== undefined && !NEEDED.has(`${node.op}.${name}`))
      yield { ...node, set: without(set, name) };
  }
  if (hasUid === true) yield { id: node.id, op: node.op, from, set };
}

/** Required settings of operators. */
const NEEDED: ReadonlySet<string> = new Set(['repartition.partitions', 'coalesce.partitions']);

function without(set: NodeSettings, name: keyof NodeSettings): NodeSettings {
  const { [name]: _gone, ...rest } = set;
  return rest;
}

function* simplerOutputs({ id, kind, from, action }: ProgramOutput): Generator<ProgramOutput> {
  if (kind !== 'foreachRDD' || action !== undefined) yield { id, kind: 'foreachRDD', from };
}

/** Removes operators that no output reads. */
export function withoutUnread(program: ProgramPlan): ProgramPlan {
  const read = new Set(program.outputs.map(({ from }) => from));
  for (const { id, from } of program.nodes.toReversed()) {
    if (read.has(id)) for (const below of from) read.add(below);
  }
  return { ...program, nodes: program.nodes.filter(({ id }) => read.has(id)) };
}

/** Tells whether types and slides allow the inputs of every operator and the check of every output. */
export function isPossible(program: ProgramPlan): boolean {
  const shapes = shapesSafely(program);
  if (shapes === undefined || program.outputs.length === 0) return false;
  const isNodePossible = (node: ProgramNode): boolean => {
    if (node.op === 'input') return true;
    const [first, other = first] = node.from.map((id) => shapes.get(id));
    return first !== undefined && other !== undefined && fits(node, first, other);
  };
  const changes = program.parallelism.length > 1;
  return (
    program.nodes.every(isNodePossible) &&
    withoutUnknownSinks(program).length === program.outputs.length &&
    program.outputs.every(({ kind, from, action }) => {
      const shape = shapes.get(from);
      if (shape === undefined || shape.isTimed || !mayBe(kind, shape, { changesParallelism: changes }))
        return false;
      return action === undefined || mayAct(action, shape);
    })
  );
}

function fits({ op, set }: ProgramNode, first: Shape, other: Shape): boolean {
  const { acceptsOther } = operatorOf(op);
  if (!takes(op, first) || !isSetFor(op, set, first)) return false;
  const { inner } = set;
  if (
    inner !== undefined &&
    !(batchOperator(inner.op).accepts(first) && isSetFor(inner.op, inner.set, first))
  )
    return false;
  if (acceptsOther === undefined) return true;
  return first.slide === other.slide && first.isTimed === other.isTimed && acceptsOther(other, first);
}

/** Tells whether settings drawn for one input are valid for another. */
export function isSetFor(op: string, set: NodeSettings, shape: Shape): boolean {
  const { type, isOrdered } = shape;
  if (isOrdered && set.calls?.ordered === false) return false;
  const ofParts = set.variant === 'reversed' || set.variant === 'elements';
  if (PARTS_OR_NOT.has(op) && ofParts !== (type.kind === 'parts')) return false;
  if (!isOrdered && ORDERED_VARIANTS.has(set.variant ?? '')) return false;
  const reduced = set.combine === undefined ? [] : [type, ...(pairOf(type) ?? [])];
  if (
    set.combine !== undefined &&
    !reduced.some((one) => combinersOf(one, isOrdered).includes(set.combine as Combiner))
  )
    return false;
  if (set.combine === 'sum' && (isByKey(op) ? pairOf(type)?.[1] : type)?.kind !== 'number') return false;
  return set.initialKeys === undefined || pairOf(type)?.[0].kind === 'number';
}

const PARTS_OR_NOT: ReadonlySet<string> = new Set(['map', 'flatMap', 'mapPartitions']);
const ORDERED_VARIANTS: ReadonlySet<string> = new Set(['folded', 'running', 'removing', 'byKey']);
const isByKey = (op: string): boolean => op.includes('ByKey');

/** Undefined when an operator that needs pairs reads other records. */
function shapesSafely(program: ProgramPlan): ReadonlyMap<string, Shape> | undefined {
  try {
    return shapesOf(program);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
