// One process of a long run: receives seeds, runs them, and reports each result. Sources are patched before any module
// of the engine is loaded; for this reason all other modules are imported late.
import { FAULT_HOOKS } from './fault-hooks.ts';
import { patchesOf } from './mutants/index.ts';
import { collectStates } from './reached-states.ts';
import { patchSources } from './source-patches.ts';
import { STATE_PROBES } from './state-probes.ts';
import type { Ask, Told } from './worker-messages.ts';

const [mutantName] = process.argv.slice(2);
patchSources([...STATE_PROBES, ...FAULT_HOOKS, ...patchesOf(mutantName)]);
collectStates();

const { drawPlan } = await import('./draw-plan.ts');
const { runPlan } = await import('./run-plan.ts');

process.on('message', (message) => {
  void answer(message as Ask);
});
// Ctrl-C is handled by the parent process.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
tell({ type: 'ready' });

async function answer({ seed, plan, draw }: Ask): Promise<void> {
  const run = plan ?? drawPlan(seed, draw);
  const { violations, coverage, steps, virtualMs } = await runPlan(run);
  tell({ type: 'ran', seed, plan: run, violations, coverage, steps, virtualMs });
}

function tell(told: Told): void {
  process.send?.(told);
}
