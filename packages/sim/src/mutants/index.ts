// All mutants, by the defective part of the engine.
import { BATCH_MUTANTS } from './batch-mutants.ts';
import { CHECKPOINT_MUTANTS } from './checkpoint-mutants.ts';
import { CORE_MUTANTS } from './core-mutants.ts';
import { EXECUTOR_MUTANTS } from './executor-mutants.ts';
import { HOST_MUTANTS } from './host-mutants.ts';
import { LEASE_MUTANTS } from './lease-mutants.ts';
import { LOG_MUTANTS } from './log-mutants.ts';
import type { Mutant } from './mutant.ts';
import { NATS_MUTANTS } from './nats-mutants.ts';
import { PLUGIN_MUTANTS } from './plugin-mutants.ts';
import { PROGRAM_MUTANTS } from './program-mutants.ts';
import { RECEIVING_MUTANTS } from './receiving-mutants.ts';
import { RECORD_ERROR_MUTANTS } from './record-error-mutants.ts';
import { RECOVERY_MUTANTS } from './recovery-mutants.ts';
import { SINK_MUTANTS } from './sink-mutants.ts';
import { SOURCE_MUTANTS } from './source-mutants.ts';
import { STATE_MUTANTS } from './state-mutants.ts';
import { TRACKING_MUTANTS } from './tracking-mutants.ts';
import { WINDOW_MUTANTS } from './window-mutants.ts';

export type { Mutant, MutantFinder, SimulationFinder, TestFinder } from './mutant.ts';

/** The mutants. */
export const MUTANTS: readonly Mutant[] = [
  ...RECEIVING_MUTANTS,
  ...TRACKING_MUTANTS,
  ...BATCH_MUTANTS,
  ...WINDOW_MUTANTS,
  ...STATE_MUTANTS,
  ...PROGRAM_MUTANTS,
  ...RECORD_ERROR_MUTANTS,
  ...EXECUTOR_MUTANTS,
  ...CHECKPOINT_MUTANTS,
  ...RECOVERY_MUTANTS,
  ...LEASE_MUTANTS,
  ...NATS_MUTANTS,
  ...HOST_MUTANTS,
  ...CORE_MUTANTS,
  ...LOG_MUTANTS,
  ...PLUGIN_MUTANTS,
  ...SOURCE_MUTANTS,
  ...SINK_MUTANTS,
];

/** The changes of one mutant; none without a name. @throws TypeError for an unknown mutant. */
export function patchesOf(name: string | undefined): Mutant['patches'] {
  if (name === undefined || name === '') return [];
  const mutant = MUTANTS.find((one) => one.name === name);
  if (mutant === undefined) throw new TypeError(`there is no mutant ${name}`);
  return mutant.patches;
}
