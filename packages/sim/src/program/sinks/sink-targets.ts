// The outputs of a plan that write to sinks, in drawn programs and in programs with known answers.
import type { Plan } from '../../plan.ts';
import { isSinkKind, type SinkTarget } from '../program-plan.ts';
import { shapesOf } from '../shapes-of.ts';

/** An output, and whether the engine promises the order of its records. */
export interface OrderedTarget {
  readonly target: SinkTarget;
  readonly isOrdered: boolean;
}

/** See the header of this file. */
export function sinkTargetsOf({
  program,
  sinks = [],
}: Pick<Plan, 'program' | 'sinks'>): readonly OrderedTarget[] {
  const known = sinks.map((target) => ({ target, isOrdered: true }));
  if (program === undefined) return known;
  const shapes = shapesOf(program);
  return program.outputs
    .filter(({ kind }) => isSinkKind(kind))
    .map((target) => ({ target, isOrdered: shapes.get(target.from)?.isOrdered === true }));
}
