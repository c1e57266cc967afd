// The parts of a simulated cluster that drivers and hosts share.
import type { SeededRandom } from '@millrace/core';
import type { SimClock } from '../sim-clock.ts';
import type { SimLog } from '../sim-log.ts';
import type { SimSource } from '../sim-source.ts';
import type { ClusterCounts } from './cluster-counts.ts';
import type { ClusterOutputs } from './cluster-outputs.ts';
import type { ClusterPlan } from './cluster-plan.ts';
import type { Machine } from './machine.ts';

/** See the header of this file. */
export interface ClusterParts {
  readonly plan: ClusterPlan;
  readonly clock: SimClock;
  readonly log: SimLog;
  readonly counts: ClusterCounts;
  readonly outputs: ClusterOutputs;
  readonly sources: readonly SimSource[];
  readonly machines: readonly Machine[];
  readonly random: (part: string) => SeededRandom;
  readonly violated: (promise: string, what: string) => void;
  readonly after: (ms: number, callback: () => void) => void;
}
