// The kinds of worlds of the command line. Loaded late, because sources are patched before the engine is loaded.
import type { RunResult } from './run-plan.ts';
import type { Trial } from './shrink-plan.ts';

/** The kinds: one machine with one driver, or several machines with several drivers of one application. */
export const WORLD_KINDS = ['machine', 'cluster'] as const;

/** A kind. */
export type WorldKindName = (typeof WORLD_KINDS)[number];

/** Any plan. */
export interface AnyPlan {
  readonly seed: string;
}

/** Decisions of the caller that override the seed; the names of faults and of parts are those of the kind. */
export interface AnyDrawOptions {
  readonly faults?: readonly string[] | undefined;
  readonly brokenOnPurpose?: boolean | undefined;
  readonly forced?: object | undefined;
}

/** The functions of a kind, for plans of this kind. */
export interface WorldKind<P extends AnyPlan = AnyPlan> {
  draw(seed: string, options: AnyDrawOptions): P;
  run(plan: P, write?: (line: string) => void): Promise<RunResult>;
  describe(plan: P): string;
  shrink(
    plan: P,
    promise: string,
    trial: Trial<P>,
    options: { readonly onSmaller?: (plan: P) => void },
  ): Promise<P>;
}

/** The functions of a kind. A plan only ever comes from its own kind. */
export async function loadWorldKind(name: WorldKindName): Promise<WorldKind> {
  if (name === 'cluster') return (await import('./cluster/cluster-kind.ts')).CLUSTER_WORLD;
  return (await import('./machine-kind.ts')).MACHINE_WORLD;
}
