// Everything about one simulated run that is decided before it begins: a plan. It is data, drawn from a seed, printed
// first, kept in a file when it fails, and made smaller by the shrinker. A run is a function of its plan.

/** What can be done to a world. */
export const FAULT_KINDS = [
  'disk-failure',
  'disk-full',
  'disk-slow',
  'channel-delay',
  'channel-reorder',
  'channel-loss',
  'channel-duplicate',
  'partition',
  'driver-death',
  'executor-death',
  'power-loss',
  'rolling-restart',
  'receiver-restart',
  'receiver-failure',
  'job-failure',
] as const;

/** A kind of fault. */
export type FaultKind = (typeof FAULT_KINDS)[number];

/** How likely a message meets with what, 0 to 1. */
export interface ChannelFaults {
  readonly delay?: number;
  /** The longest delay, in ms. */
  readonly delayMs?: number;
  readonly reorder?: number;
  readonly loss?: number;
  readonly duplicate?: number;
}

/** How likely an operation of the disk fails, 0 to 1. */
export interface DiskFaults {
  readonly append?: number;
  readonly sync?: number;
  readonly other?: number;
  /** The longest an operation takes, in ms. */
  readonly slowMs?: number;
  /** From when until when the disk is full, in ms of the run. */
  readonly full?: readonly (readonly [number, number])[];
}

/** Something that ends: after so many steps or so many milliseconds from the one before it. */
export interface Ending {
  readonly part: 'driver' | 'executor' | 'machine' | 'rolling-restart' | 'partition';
  readonly after: { readonly steps: number } | { readonly ms: number };
  /** How long it is down, or cut off. */
  readonly downMs: number;
}

/** A stream of the program and its source. */
export interface StreamPlan {
  /**
   * `acknowledged`: the source sends again what was not acknowledged. `positions`: it can be read again behind any
   * record. `ranges`: and its blocks need no log.
   */
  readonly source: 'acknowledged' | 'positions' | 'ranges';
  readonly recordsPerSecond: number;
  /** Whether records are stored one by one or as whole blocks. */
  readonly stores: 'records' | 'blocks';
  /** How likely a poll ends in a restart, and a start or an acknowledgement in an error. */
  readonly restartRate: number;
  readonly failureRate: number;
}

/** What a program computes beside what comes in; the answers are known. */
export type GraphKind = 'reduce' | 'window' | 'inverse-window' | 'state' | 'mapped-state' | 'partitions';

/** Windows of event time, in ms of it. */
export type EventWindowPlan =
  | { readonly kind: 'tumbling'; readonly sizeMs: number }
  | { readonly kind: 'sliding'; readonly sizeMs: number; readonly slideMs: number }
  | { readonly kind: 'session'; readonly gapMs: number };

/** Windows by the times of records, with known answers as well. */
export interface EventTimePlan {
  readonly windows: EventWindowPlan;
  readonly allowedLatenessMs: number;
  /** Whether each stream is a source of the watermark, or all of them together are one. */
  readonly sources: 'each' | 'together';
  readonly timestamps: {
    readonly outOfOrdernessMs: number;
    readonly idleAfterMs?: number;
    readonly idleAdvanceMs?: number;
  };
  readonly partitions: number;
}

/** A whole run. */
export interface Plan {
  readonly seed: string;
  /** 0: the driver's process is the only one. */
  readonly executors: number;
  readonly policy: 'load-balanced' | 'round-robin';
  readonly batchIntervalMs: number;
  readonly blockIntervalMs: number;
  /** What an acknowledged record survives. */
  readonly durability: 'memory' | 'process' | 'machine';
  readonly checkpoints: boolean;
  readonly segmentBytes: number;
  readonly concurrentJobs: number;
  readonly onBatchFailure: 'stop' | 'hold';
  readonly streams: readonly StreamPlan[];
  readonly graphs: readonly GraphKind[];
  readonly eventTime?: EventTimePlan;
  /** How long sources produce while faults are on, in ms. */
  readonly loadMs: number;
  readonly disk: DiskFaults;
  readonly channels: ChannelFaults;
  readonly endings: readonly Ending[];
  readonly jobFailureRate: number;
  /** Breaks the program on purpose, to prove that somebody would notice. */
  readonly brokenOnPurpose?: boolean;
}
