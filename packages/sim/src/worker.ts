// One process of a long run: receives seeds, runs them, and reports each result. Sources are patched before any module
// of the engine is loaded; for this reason all other modules are imported late.
import { FAULT_HOOKS } from './fault-hooks.ts';
import { patchesOf } from './mutants/index.ts';
import { collectStates } from './reached-states.ts';
import { patchSources } from './source-patches.ts';
import { STATE_PROBES } from './state-probes.ts';
import type { Ask, Told } from './worker-messages.ts';
import type { WorldKindName } from './world-kind.ts';

const [mutantName, world = 'machine'] = process.argv.slice(2);
const hooks = world === 'machine' ? [...STATE_PROBES, ...FAULT_HOOKS] : [];
patchSources([...hooks, ...patchesOf(mutantName)]);
collectStates();

const { loadWorldKind } = await import('./world-kind.ts');
const kind = await loadWorldKind(world as WorldKindName);

process.on('message', (message) => {
  void answer(message as Ask);
});
// Ctrl-C is handled by the parent process.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
tell({ type: 'ready' });

async function answer({ seed, plan, draw }: Ask): Promise<void> {
  const run = plan ?? kind.draw(seed, draw);
  const { violations, coverage, steps, virtualMs } = await kind.run(run);
  tell({ type: 'ran', seed, plan: run, violations, coverage, steps, virtualMs });
}

function tell(told: Told): void {
  process.send?.(told);
}
