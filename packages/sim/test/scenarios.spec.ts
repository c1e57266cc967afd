// Seeds that once broke a promise, or that show how easily a promise breaks, shrunk and named. A failing seed is added
// as a file (written by `--shrink`), and stays.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Plan } from '../src/plan.ts';
import { runPlan } from '../src/run-plan.ts';

const folder = new URL('./scenarios/', import.meta.url);

it.each(readdirSync(folder))('%s', async (file) => {
  const plan = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Plan;
  expect((await runPlan(plan)).violations).toEqual([]);
});
