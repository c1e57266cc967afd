// What a mutant is: an engine that is wrong in one place, and the test that has to notice. The change is made while the
// source is loaded, so no file is touched. A change whose place is gone fails loudly.
import type { ForcedPlan } from '../draw-plan.ts';
import type { FaultKind } from '../plan.ts';
import type { SourcePatch } from '../source-patches.ts';

/** A wrong engine. */
export interface Mutant {
  /** Names it on the command line. */
  readonly name: string;
  /** What it does wrong. */
  readonly wrong: string;
  readonly patches: readonly SourcePatch[];
  readonly finder: MutantFinder;
  /** The faults and parts of plans under which the simulation shows it soonest, where its finder is a file of tests. */
  readonly shows?: Pick<SimulationFinder, 'faults' | 'forced'>;
  /** Why no simulated program can show it, although it is in the engine, the log or the core. Absent: one can. */
  readonly outside?: string;
}

/** What has to notice a mutant. */
export type MutantFinder = SimulationFinder | TestFinder;

/** Seeds of the simulation. */
export interface SimulationFinder {
  readonly kind: 'simulation';
  /** The faults under which the mutant shows soonest. Default: those that each seed draws. */
  readonly faults?: readonly FaultKind[];
  /** Parts of every plan. Default: as each seed draws. */
  readonly forced?: ForcedPlan;
  /** How many seeds have to be enough. Default 500. */
  readonly seeds?: number;
  /** The first seed. Default 1. */
  readonly from?: number;
  /** The promises of which one has to be told as broken. Default: any. */
  readonly promises?: readonly string[];
}

/** A file of tests. */
export interface TestFinder {
  readonly kind: 'test';
  /** From the root of the repository on. Tests that start processes of their own are named `*.int.spec.ts`. */
  readonly file: string;
  /** The project of `vitest.config.ts` that the file belongs to. Default: all are asked. */
  readonly project?: string;
}
