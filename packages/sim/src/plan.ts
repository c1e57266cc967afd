// A plan: all decisions about one simulated run before its start. A plan is data, drawn from a seed, printed first,
// written to a file when the run fails, and reduced by the shrinker. A run is a function of its plan.

import type { ProgramPlan, SinkTarget } from './program/program-plan.ts';

/** The faults drawn together with the rest of a plan. */
export const EARLY_FAULT_KINDS = [
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

/** Later additions, drawn from a separate random source, so that a seed keeps the rest of its plan. */
export const LATER_FAULT_KINDS = [
  'damaged-bit',
  'failed-operation',
  'second-fault',
  'eviction',
  'outliving-executor',
  'late-call',
  'clock-step',
  'lasting-refusal',
] as const;

/** Failures of sinks, in addition to failures of the disk and of processes. */
export const SINK_FAULT_KINDS = ['sqlite-failure'] as const;

/** All kinds of faults. */
export const FAULT_KINDS = [...EARLY_FAULT_KINDS, ...LATER_FAULT_KINDS, ...SINK_FAULT_KINDS] as const;

/** A kind of fault. */
export type FaultKind = (typeof FAULT_KINDS)[number];

/** The probability of each fault of a message, 0 to 1. */
export interface ChannelFaults {
  readonly delay?: number;
  /** The longest delay, in ms. */
  readonly delayMs?: number;
  readonly reorder?: number;
  readonly loss?: number;
  readonly duplicate?: number;
}

/** The probability of failure of each disk operation, 0 to 1. */
export interface DiskFaults {
  readonly append?: number;
  readonly sync?: number;
  readonly other?: number;
  /** The maximum duration of an operation, in ms. */
  readonly slowMs?: number;
  /** The periods of a full disk, in ms of the run. */
  readonly full?: readonly (readonly [number, number])[];
}

/** An ending: after this many steps or milliseconds since the previous ending. */
export interface Ending {
  readonly part: 'driver' | 'executor' | 'machine' | 'rolling-restart' | 'partition';
  readonly after: { readonly steps: number } | { readonly ms: number };
  /** The duration of the outage or partition. */
  readonly downMs: number;
  /** The ending happens during the recovery from the previous ending. */
  readonly isSecond?: true;
}

/** A damage while a driver is down: one bit of the newest checkpoint or its parts. */
export interface Damage {
  /** The life of the driver after the damage, from 2 on. */
  readonly life: number;
  /** The checkpoint itself, or a part referenced only by the newest checkpoint. */
  readonly what: 'checkpoint' | 'part';
}

/** An operation of the disk that fails once. */
export interface FailingOperation {
  readonly operation: 'open' | 'read' | 'append' | 'sync' | 'rename' | 'remove' | 'list' | 'syncDirectory';
  /** A substring of the path. */
  readonly path: string;
  /** The number of successful operations before the failure. */
  readonly after: number;
}

/** A permanent refusal of the disk, from a moment in one life of the driver until the life ends. */
export interface LastingRefusal {
  readonly life: number;
  readonly operation: 'append' | 'sync' | 'rename';
  /** A substring of the path. */
  readonly path: string;
  /** The number of successful operations of this life before the refusal. */
  readonly after: number;
}

/** A step of the wall clock. */
export interface ClockStep {
  /** From the beginning of the run, in ms. */
  readonly atMs: number;
  /** The size of the step in ms; negative: back. */
  readonly byMs: number;
}

/** A period in which sources produce no records, in ms of the run. */
export interface Lull {
  readonly fromMs: number;
  readonly forMs: number;
}

/** Options set by a plan; absent options have the default for most seeds. Sizes in bytes, times in ms. */
export interface SettingsPlan {
  readonly checkpointsKept?: number;
  readonly blockQueueSize?: number;
  readonly maxHeldRecords?: number;
  readonly maxHeldBytes?: number;
  readonly maxKnownGaps?: number;
  readonly maxUnallocatedBlocks?: number;
  /** The most missed batches that are made up for; of more, only the latest runs. Default as in the engine. */
  readonly missedBatches?: number;
  readonly blockStoreBytes?: number;
  readonly registrationGraceMs?: number;
  /** The maximum of bytes waiting to be written in a log. */
  readonly logWaitingBytes?: number;
  /**
   * The bytes that a segment of a log gets in advance. Default 0: with the log's default, the disk of the simulation is
   * slow.
   */
  readonly preallocateBytes?: number;
  /** The largest block that is written inside its registration, in bytes as encoded. Default: the one of the log. */
  readonly inlineBlockBytes?: number;
  /** The age at which a segment of the log is closed. */
  readonly segmentMs?: number;
  /** Every group of writes gets a separate segment. */
  readonly closesFiles?: boolean;
  /** The retries of held batches during faults. Default: every 250 ms. */
  readonly retriesHeld?: 'once' | 'never';
  /** The rate limit of a receiver before the first measured batch, in records per second. */
  readonly initialRate?: number;
  /** Failing user code throws any value, not only errors. */
  readonly throwsAnything?: boolean;
  /** Every process begins with the same random numbers as its predecessor. */
  readonly repeatsChance?: boolean;
  /** The maximum duration of an output operation. */
  readonly outputMs?: number;
  /**
   * An executor that asks another executor learns of its death from the driver alone: the connection between them stays
   * open.
   */
  readonly deathsAreSilent?: boolean;
  /** An observer reads the gauges of each driver. */
  readonly readsGauges?: true;
}

/** A stream of the program, and its source. */
export interface StreamPlan {
  /**
   * `acknowledged`: the source sends unacknowledged records again. `unacknowledged`: the source sends each record once,
   * and expects no acknowledgement. `positions`: the source can be read again after any record. `ranges`: in addition,
   * its blocks need no log.
   */
  readonly source: 'acknowledged' | 'unacknowledged' | 'positions' | 'ranges';
  readonly recordsPerSecond: number;
  /** The way of storing: one record at a time, or whole blocks. */
  readonly stores: 'records' | 'blocks';
  /** The probability that a poll ends in a restart, or that a start or an acknowledgement ends in an error. */
  readonly restartRate: number;
  readonly failureRate: number;
  /**
   * The way records are stored, instead of `stores`. `text`: as lines. `mixed`: single records, lines and whole blocks,
   * some of which are not awaited.
   */
  readonly mix?: 'text' | 'mixed';
  /** The meaning of an acknowledgement of an `acknowledged` source. Default `cumulative`. */
  readonly ack?: 'individual';
  /** A mixed receiver polls rarely, and then stores many small blocks at once. */
  readonly inBursts?: true;
  /**
   * With `settings.maxHeldRecords`: the receiver stores single records until a refusal, without waiting, or whole blocks
   * of exactly as many records as may be held.
   */
  readonly fillsBounds?: true;
  /** The receiver sometimes stores a value that no codec accepts: the engine leaves out this record and no other. */
  readonly storesOdd?: true;
  /** The receiver calls its context after its end. */
  readonly callsLate?: boolean;
}

/** Computations of a program in addition to the input streams; the answers are known. */
export type GraphKind =
  | 'reduce'
  | 'window'
  | 'inverse-window'
  | 'state'
  | 'mapped-state'
  | 'partitions'
  /** A persisted shuffle that two outputs read, one of them through another shuffle. */
  | 'persisted'
  /** State of keys that are removed and come back. */
  | 'removed-state'
  /** State of keys that are silent for longer than their time-out, and come back. */
  | 'timed-state'
  /** A window over state: what it has read cannot be computed again. */
  | 'state-window';

/** Event-time windows, in ms of event time. */
export type EventWindowPlan =
  | { readonly kind: 'tumbling'; readonly sizeMs: number }
  | { readonly kind: 'sliding'; readonly sizeMs: number; readonly slideMs: number }
  | { readonly kind: 'session'; readonly gapMs: number };

/** Event-time windows with known answers. */
export interface EventTimePlan {
  readonly windows: EventWindowPlan;
  readonly allowedLatenessMs: number;
  /** The sources of the watermark: each stream separately, or all streams together. */
  readonly sources: 'each' | 'together';
  readonly timestamps: {
    readonly outOfOrdernessMs: number;
    readonly idleAfterMs?: number;
    readonly idleAdvanceMs?: number;
  };
  readonly partitions: number;
}

/** Another version of a program, which continues after the stop of its predecessor. */
export interface VersionPlan {
  readonly program: ProgramPlan;
  /** Default: unchanged. */
  readonly batchIntervalMs?: number;
  readonly allowsDroppedState?: boolean;
  /** The number of batches at the beginning in which sources have no records. Default 0. */
  readonly silentBatches?: number;
  /** The code of the expected refusal. Default: the version must continue. */
  readonly refusedWith?: string;
}

/** A function that fails for some records. */
export interface RecordErrorPlan {
  readonly reaction: 'fail-batch' | 'skip' | 'dead-letter';
  /** The function fails for every record whose number is 1 modulo this one, unless the batch would fail of that. */
  readonly every: number;
  /** The function fails once in each process for every record whose number is 2 modulo this one. */
  readonly flakyEvery: number;
}

/** Adding and retiring executors while the program runs; see the engine's `executorAllocation`. */
export interface AllocationPlan {
  /** Default: the number of receivers, at least 1 and at most `maxExecutors`. */
  readonly minExecutors?: number;
  readonly maxExecutors: number;
  readonly scalingIntervalMs: number;
  /** The ratios of processing time to batch interval from which executors are added and retired. */
  readonly scalingUpRatio: number;
  readonly scalingDownRatio: number;
}

/** A whole run. */
export interface Plan {
  readonly seed: string;
  /** 0: the driver's process is the only one. */
  readonly executors: number;
  /** The number of executors in each life of the driver, in turns. Default: `executors` in all. At least 1 each. */
  readonly executorsByLife?: readonly number[];
  /** Absent: the number of executors stays. */
  readonly allocation?: AllocationPlan;
  readonly policy: 'load-balanced' | 'round-robin';
  readonly batchIntervalMs: number;
  readonly blockIntervalMs: number;
  /** The worst failure that an acknowledged record survives. */
  readonly durability: 'memory' | 'process' | 'machine';
  readonly checkpoints: boolean;
  readonly segmentBytes: number;
  readonly concurrentJobs: number;
  readonly onBatchFailure: 'stop' | 'hold' | 'skip';
  readonly streams: readonly StreamPlan[];
  readonly graphs: readonly GraphKind[];
  readonly eventTime?: EventTimePlan;
  /** In programs with known answers: a stream whose function fails. */
  readonly recordErrors?: RecordErrorPlan;
  /** In programs with known answers: sinks that get all records. */
  readonly sinks?: readonly SinkTarget[];
  /** A program drawn from the whole language. */
  readonly program?: ProgramPlan;
  /** Versions of the program, started one after the other after the stop of the first. */
  readonly versions?: readonly VersionPlan[];
  /** True when restored state of removed operators may be dropped. Default false. */
  readonly allowsDroppedState?: boolean;
  /** The production time of sources while faults are on, in ms. */
  readonly loadMs: number;
  readonly disk: DiskFaults;
  readonly channels: ChannelFaults;
  readonly endings: readonly Ending[];
  readonly jobFailureRate: number;
  readonly settings?: SettingsPlan;
  readonly damages?: readonly Damage[];
  readonly failing?: readonly FailingOperation[];
  readonly lasting?: readonly LastingRefusal[];
  /** Evictions of cached partitions and shuffle outputs at a read: after these numbers of successful reads. */
  readonly evictions?: readonly number[];
  /** The time that executors live on after the death of their driver, in ms; absent: executors die with the driver. */
  readonly outliveMs?: number;
  readonly clockSteps?: readonly ClockStep[];
  /**
   * A period without records while faults are on, in which earlier data may be forgotten before the sources continue.
   */
  readonly lull?: Lull;
  /** The quiet time at the end, in ms. */
  readonly quietMs?: number;
  /** Breaks the program deliberately, to prove that the checkers notice. */
  readonly brokenOnPurpose?: boolean;
}
