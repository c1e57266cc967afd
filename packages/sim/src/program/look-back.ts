// The batches that a program needs again: windows over windows look back over the lengths of all of them.
import type { ProgramPlan } from './program-plan.ts';
import { shapesOf } from './shapes-of.ts';

/** The number of batches over which a program looks back: the sum of the windows on the way to an input that needs most. */
export function lookBackOf({ nodes, outputs, rememberBatches = 0 }: ProgramPlan): number {
  const shapes = shapesOf({ nodes });
  const needed = new Map(nodes.map(({ id }) => [id, shapes.get(id)?.slide ?? 1]));
  const need = (id: string, batches: number): unknown =>
    needed.set(id, Math.max(batches, needed.get(id) ?? 0));
  for (const { from } of outputs) need(from, rememberBatches);
  for (const { id, from, set } of nodes.toReversed()) {
    for (const below of from) {
      const length = (set.length ?? 0) * (shapes.get(below)?.slide ?? 1);
      need(below, (needed.get(id) ?? 0) + length);
    }
  }
  return Math.max(0, ...needed.values());
}
