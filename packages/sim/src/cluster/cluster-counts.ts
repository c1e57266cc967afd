// The faults that occurred in a world with several machines, and the states that its drivers reached, as told by their events, their
// log lines and their errors. A run without failures proves nothing about what never occurred.
import type { CoverageCounts } from '../coverage.ts';
import type { ClusterFaultKind } from './cluster-plan.ts';

/** The states, by the words of the report. */
export const CLUSTER_STATES = [
  'a driver stands by',
  'a driver takes over',
  'a driver gets the lease by a hand-over',
  'a driver in charge does not know whether it still is',
  'a driver ends with MR_LEASE_LOST',
  'a driver ends with MR_WAL_FENCED',
  'a driver that stands by ends with the application',
  'a message waits for the servers',
  'a batch runs again under another driver',
  'a write of a replaced driver comes late',
  'a log is read behind a purge',
  'a leader moves off the machine of a driver',
  'old blocks cannot be removed at once',
  'an old checkpoint cannot be removed at once',
  'an executor on a host is ready',
  'an executor is replaced',
  'an executor waits for a place',
  'a host is lost',
  'a host ends the executors of a driver',
  'a host changes its driver',
] as const;

/** A state. */
export type ClusterState = (typeof CLUSTER_STATES)[number];

/** The states that a line in the log of a process tells. */
const TOLD: ReadonlyMap<string, ClusterState> = new Map([
  [
    'the lease is not renewed, no job begins until an answer comes',
    'a driver in charge does not know whether it still is',
  ],
  ['a message waits for the servers of NATS', 'a message waits for the servers'],
  [
    'an earlier driver has cleaned the log while the log was read: reading the log again',
    'a log is read behind a purge',
  ],
  [
    'the leader of a stream moves off the machine of this driver',
    'a leader moves off the machine of a driver',
  ],
  ['old blocks could not be removed from NATS, trying again', 'old blocks cannot be removed at once'],
  ['an executor is replaced', 'an executor is replaced'],
  ['an executor waits for a place', 'an executor waits for a place'],
  ['a host is lost', 'a host is lost'],
  ['all executors are ended', 'a host ends the executors of a driver'],
  ['an old checkpoint could not be removed', 'an old checkpoint cannot be removed at once'],
]);

/** Counts faults and states of one world. */
export class ClusterCounts {
  readonly #faults = new Map<ClusterFaultKind, number>();
  readonly #states = new Map<ClusterState, number>();

  /** Counts a fault. */
  fault(kind: ClusterFaultKind): void {
    this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1);
  }

  /** Counts a state. */
  state(state: ClusterState): void {
    this.#states.set(state, (this.#states.get(state) ?? 0) + 1);
  }

  /** Counts the state that a log line of a process tells, if any. */
  told(message: string): void {
    const state = TOLD.get(message);
    if (state !== undefined) this.state(state);
  }

  /** The counts so far. */
  counts(): CoverageCounts {
    return {
      faults: Object.fromEntries(this.#faults),
      states: Object.fromEntries([...this.#states].map(([state]) => [state, 1])),
      after: {},
    };
  }
}
