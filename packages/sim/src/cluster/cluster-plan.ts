// A plan of a world with several machines: two drivers, servers of NATS, and faults at fixed times. A plan is data, as in
// `plan.ts`: drawn from a seed, printed first, written to a file when the run fails, and reduced by the shrinker.
import type { StreamPlan } from '../plan.ts';

/** The kinds of faults of drivers, machines, servers and single messages. */
export const CORE_FAULT_KINDS = [
  'driver-death',
  'driver-pause',
  'hand-over',
  'machine-death',
  'machine-cut',
  'server-death',
  'server-pause',
  'server-cut',
  'host-cut',
  'one-way-cut',
  'slow-link',
  'clock-step',
  'full-stream',
  'lost-acknowledgement',
  'zero-acknowledgement',
  'lagging-replica',
  'slow-purge',
] as const;

/** The kinds of faults of hosts and their executors. */
export const HOST_FAULT_KINDS = [
  'executor-death',
  'executor-pause',
  'host-death',
  'host-leave',
  'host-pause',
  'host-off',
  'late-session',
] as const;

/** The kinds of faults. */
export const CLUSTER_FAULT_KINDS = [...CORE_FAULT_KINDS, ...HOST_FAULT_KINDS] as const;

/** A kind of fault. */
export type ClusterFaultKind = (typeof CLUSTER_FAULT_KINDS)[number];

/** A machine with a driver: by its name, or by the role of its driver at the time of the fault. */
export type MachineChoice = 'a' | 'b' | 'in-charge' | 'standing-by';

/** A machine with a host of executors. */
export type HostMachine = 'a' | 'b' | 'c' | 'd';

/** A server: by its name, or the leader of a stream at the time of the fault. */
export type ServerChoice = 'n1' | 'n2' | 'n3' | 'leader-of-log' | 'leader-of-lease';

/** A stream that can be full. */
export type FullStream = 'META' | 'BLK_0' | 'BLK_1' | 'BLK_2' | 'CKPT';

interface At {
  /** From the beginning of the run, in ms. */
  readonly atMs: number;
}

interface For extends At {
  /** The length of the fault, in ms. */
  readonly forMs: number;
}

/** A fault at a fixed time. */
export type ClusterFault =
  /** The process of a driver is killed; its machine starts another one after `forMs`. */
  | (For & { readonly kind: 'driver-death'; readonly machine: MachineChoice })
  /** The process of a driver stands still: its timers and its messages wait. */
  | (For & { readonly kind: 'driver-pause'; readonly machine: MachineChoice })
  /** The driver in charge is stopped and hands over; its machine starts another one. */
  | (At & { readonly kind: 'hand-over' })
  /** A machine is gone: its driver, and the server on it. Both come back after `forMs`. */
  | (For & { readonly kind: 'machine-death'; readonly machine: MachineChoice })
  /** A machine is cut off the others: its driver reaches the server on it, and nothing else. */
  | (For & { readonly kind: 'machine-cut'; readonly machine: MachineChoice })
  /** A server is killed, and started again after `forMs`. */
  | (For & { readonly kind: 'server-death'; readonly server: ServerChoice })
  /** A server stands still for `forMs`: what was sent to it arrives afterwards. */
  | (For & { readonly kind: 'server-pause'; readonly server: ServerChoice })
  /** Two servers are cut off each other, both ways. */
  | (For & { readonly kind: 'server-cut'; readonly server: ServerChoice; readonly other: ServerChoice })
  /** A machine is cut off all servers. */
  | (For & { readonly kind: 'host-cut'; readonly machine: MachineChoice })
  /** What a machine sends is lost, or what it should receive. */
  | (For & { readonly kind: 'one-way-cut'; readonly machine: MachineChoice; readonly way: 'in' | 'out' })
  /** Messages between a machine and its servers take up to `latencyMs`. */
  | (For & { readonly kind: 'slow-link'; readonly machine: MachineChoice; readonly latencyMs: number })
  /** The wall clock of a machine is set, forward or back (negative). */
  | (At & { readonly kind: 'clock-step'; readonly machine: MachineChoice; readonly byMs: number })
  /** A stream refuses messages. */
  | (For & { readonly kind: 'full-stream'; readonly stream: FullStream })
  | HostFault;

/** A fault of the host with this number, or of one of its executors, by the number of its slot. */
export type HostFault =
  /** An executor crashes, and its host tells. */
  | (At & { readonly kind: 'executor-death'; readonly host: number; readonly slot: number })
  /** An executor stands still. */
  | (For & { readonly kind: 'executor-pause'; readonly host: number; readonly slot: number })
  /** The process of a host is killed with its executors; started again after `forMs`. */
  | (For & { readonly kind: 'host-death'; readonly host: number })
  /** A host is asked to end, and started again after `forMs`. */
  | (For & { readonly kind: 'host-leave'; readonly host: number })
  /** The process of a host stands still with its executors. */
  | (For & { readonly kind: 'host-pause'; readonly host: number })
  /** The machine of a host is cut off all servers. */
  | (For & { readonly kind: 'host-off'; readonly host: number });

/** Chances of faults of single messages, 0 to 1, while faults are on. */
export interface MessageFaults {
  /** An append is decided, and its acknowledgement is lost. */
  readonly lostAcknowledgement?: number;
  /** An acknowledgement says sequence 0. */
  readonly zeroAcknowledgement?: number;
  /** A replica that does not lead is behind by up to this many ms. */
  readonly lagMs?: number;
  /** A purge has its effect after up to this many ms. */
  readonly purgeMs?: number;
  /** The connection of a new executor takes up to this many ms. */
  readonly lateSessionMs?: number;
}

/** A whole run. */
export interface ClusterPlan {
  readonly seed: string;
  /** The number of servers, and of copies of each stream. */
  readonly servers: 1 | 3;
  readonly batchIntervalMs: number;
  readonly blockIntervalMs: number;
  readonly concurrentJobs: number;
  /** The number of executors in the process of each driver; without a meaning when there are hosts. */
  readonly executors: number;
  /** The machine of each host of executors; `a` and `b` are those of the drivers. Absent: executors are in the process of the driver. */
  readonly hosts?: readonly HostMachine[];
  /** The number of executors of each host. */
  readonly hostSlots?: number;
  readonly streams: readonly StreamPlan[];
  /** The longest time of a message between a machine and a server, in ms. */
  readonly latencyMs: number;
  /** The longest time of an output, in ms. */
  readonly outputMs: number;
  /** The shortest and the longest election, in ms. */
  readonly electionMs: readonly [number, number];
  /** The time until a machine notices that it is cut off, in ms. */
  readonly noticedMs: number;
  /** The time limit for registering a stored block, in ms. */
  readonly registrationGraceMs: number;
  /** The time in which sources produce and faults occur, in ms. */
  readonly loadMs: number;
  readonly faults: readonly ClusterFault[];
  readonly messages: MessageFaults;
  /** Breaks the program deliberately, to prove that the checkers notice. */
  readonly brokenOnPurpose?: boolean;
}
