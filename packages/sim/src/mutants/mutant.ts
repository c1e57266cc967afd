// A mutant: an engine with one defect, and the test that must detect the defect. The change is made at load time, so no
// file is touched. A change whose place is missing fails loudly.
import type { ForcedClusterPlan } from '../cluster/draw-cluster-plan.ts';
import type { ClusterFaultKind } from '../cluster/cluster-plan.ts';
import type { ForcedPlan } from '../draw-plan.ts';
import type { FaultKind } from '../plan.ts';
import type { SourcePatch } from '../source-patches.ts';
import type { WorldKindName } from '../world-kind.ts';

/** A defective engine. */
export interface Mutant {
  /** The name on the command line. */
  readonly name: string;
  /** The defect. */
  readonly wrong: string;
  readonly patches: readonly SourcePatch[];
  /** The kind of world in which the simulation searches. Default: one machine. */
  readonly world?: WorldKindName;
  readonly finder: MutantFinder;
  /**
   * The faults and plan parts under which the simulation detects the mutant soonest, for mutants whose finder is a test
   * file.
   */
  readonly shows?: Pick<SimulationFinder, 'faults' | 'forced'>;
  /**
   * The reason why no simulated program can detect a mutant of the engine, the log or the core. Absent: a program can.
   */
  readonly outside?: string;
}

/** The finder of a mutant. */
export type MutantFinder = SimulationFinder | TestFinder;

/** Seeds of the simulation. */
export interface SimulationFinder {
  readonly kind: 'simulation';
  /** The faults under which the mutant is detected soonest. Default: the faults drawn by each seed. */
  readonly faults?: readonly (FaultKind | ClusterFaultKind)[];
  /** Parts of every plan. Default: as each seed draws. */
  readonly forced?: ForcedPlan | ForcedClusterPlan;
  /** The number of seeds that must suffice. Default 500. */
  readonly seeds?: number;
  /** The first seed. Default 1. */
  readonly from?: number;
  /** The promises of which one must break. Default: any. */
  readonly promises?: readonly string[];
}

/** A test file. */
export interface TestFinder {
  readonly kind: 'test';
  /** The path from the root of the repository. Tests that start processes are named `*.int.spec.ts`. */
  readonly file: string;
  /** The project of `vitest.config.ts` with the file. Default: all projects. */
  readonly project?: string;
}
