// Runs one seed, or one plan from a file: prints the draws, then the result, and on request the smallest plan that
// breaks the same promise.
import { readFile, writeFile } from 'node:fs/promises';
import type { Asked } from './command-line.ts';
import { type AnyPlan, loadWorldKind, type WorldKind } from './world-kind.ts';

/** Runs the plan; returns the exit code. */
export async function runOne(asked: Asked, write: (line: string) => void): Promise<number> {
  const kind = await loadWorldKind(asked.world);
  const plan = await planOf(kind, asked);
  write(kind.describe(plan));
  write('');
  const { violations, steps, virtualMs } = await kind.run(plan, asked.trace ? write : undefined);
  write(`${steps} steps, ${virtualMs} ms of virtual time`);
  for (const { promise, what, atMs } of violations) write(`BROKEN ${promise} at ${atMs} ms: ${what}`);
  const [first] = violations;
  if (first === undefined) {
    write('every promise held');
    return 0;
  }
  if (asked.shrink) await shrink(kind, { plan, promise: first.promise, world: asked.world }, write);
  return 1;
}

async function planOf(kind: WorldKind, { plan, seed, fault, broken, force }: Asked): Promise<AnyPlan> {
  if (plan !== undefined) return JSON.parse(await readFile(plan, 'utf8')) as AnyPlan;
  return kind.draw(seed ?? '1', { faults: fault, brokenOnPurpose: broken, forced: force });
}

async function shrink(
  kind: WorldKind,
  { plan, promise, world }: { readonly plan: AnyPlan; readonly promise: string; readonly world: string },
  write: (line: string) => void,
): Promise<void> {
  const trial = async (smaller: AnyPlan) =>
    (await kind.run(smaller)).violations.map((violation) => violation.promise);
  const smallest = await kind.shrink(plan, promise, trial, { onSmaller: () => write('smaller …') });
  const file = `sim-seed-${plan.seed}.json`;
  await writeFile(file, `${JSON.stringify(smallest, null, 2)}\n`);
  const option = world === 'machine' ? '' : ` --world ${world}`;
  write(`\n${kind.describe(smallest)}\n\nrun again: npx millrace-sim --plan ${file}${option} --trace`);
}
