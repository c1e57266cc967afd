// Runs one seed, or one plan from a file: prints the draws, then the result, and on request the smallest plan that
// breaks the same promise.
import { readFile, writeFile } from 'node:fs/promises';
import type { Asked } from './command-line.ts';
import { describePlan } from './describe-plan.ts';
import { drawPlan } from './draw-plan.ts';
import type { Plan } from './plan.ts';
import { runPlan } from './run-plan.ts';
import { shrinkPlan } from './shrink-plan.ts';

/** Runs the plan; returns the exit code. */
export async function runOne(asked: Asked, write: (line: string) => void): Promise<number> {
  const plan = await planOf(asked);
  write(describePlan(plan));
  write('');
  const { violations, steps, virtualMs } = await runPlan(plan, asked.trace ? write : undefined);
  write(`${steps} steps, ${virtualMs} ms of virtual time`);
  for (const { promise, what, atMs } of violations) write(`BROKEN ${promise} at ${atMs} ms: ${what}`);
  const [first] = violations;
  if (first === undefined) {
    write('every promise held');
    return 0;
  }
  if (asked.shrink) await shrink(plan, first.promise, write);
  return 1;
}

async function planOf({ plan, seed, fault, broken, force }: Asked): Promise<Plan> {
  if (plan !== undefined) return JSON.parse(await readFile(plan, 'utf8')) as Plan;
  return drawPlan(seed ?? '1', { faults: fault, brokenOnPurpose: broken, forced: force });
}

async function shrink(plan: Plan, promise: string, write: (line: string) => void): Promise<void> {
  const trial = async (smaller: Plan) =>
    (await runPlan(smaller)).violations.map((violation) => violation.promise);
  const smallest = await shrinkPlan(plan, promise, trial, { onSmaller: () => write('smaller …') });
  const file = `sim-seed-${plan.seed}.json`;
  await writeFile(file, `${JSON.stringify(smallest, null, 2)}\n`);
  write(`\n${describePlan(smallest)}\n\nrun again: npx millrace-sim --plan ${file} --trace`);
}
