// Everything about one simulated run that is decided before it begins: a plan. It is data, drawn from a seed, printed
// first, kept in a file when it fails, and made smaller by the shrinker. A run is a function of its plan.

import type { ProgramPlan } from './program/program-plan.ts';

/** What can be done to a world, as far as it is drawn together with the rest of a plan. */
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

/** What came later: drawn from a random source of its own, so that a seed keeps the rest of its plan. */
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

/** How sinks of programs fail, beside what happens to the disk and to processes. */
export const SINK_FAULT_KINDS = ['sqlite-failure'] as const;

/** What can be done to a world. */
export const FAULT_KINDS = [...EARLY_FAULT_KINDS, ...LATER_FAULT_KINDS, ...SINK_FAULT_KINDS] as const;

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
  /** It follows another one while what that has ended recovers. */
  readonly isSecond?: true;
}

/** What is damaged while a driver is down: a bit of what the newest checkpoint is made of. */
export interface Damage {
  /** Before which life of the driver, from 2 on. */
  readonly life: number;
  /** The checkpoint itself, or a part that only the newest checkpoint names. */
  readonly what: 'checkpoint' | 'part';
}

/** An operation of the disk that fails once. */
export interface FailingOperation {
  readonly operation: 'open' | 'read' | 'append' | 'sync' | 'rename' | 'remove' | 'list' | 'syncDirectory';
  /** A text that the path has. */
  readonly path: string;
  /** How many such operations go well before. */
  readonly after: number;
}

/** What the disk refuses for good, from some moment of one life of the driver until the life ends. */
export interface LastingRefusal {
  readonly life: number;
  readonly operation: 'append' | 'sync' | 'rename';
  /** A text that the path has. */
  readonly path: string;
  /** How many such operations of that life go well before. */
  readonly after: number;
}

/** A step of the wall clock. */
export interface ClockStep {
  /** From the beginning of the run, in ms. */
  readonly atMs: number;
  /** By how much, in ms; negative: back. */
  readonly byMs: number;
}

/** A time in which sources produce nothing, in ms of the run. */
export interface Lull {
  readonly fromMs: number;
  readonly forMs: number;
}

/** Options that a plan sets; absent: what suits most seeds. Sizes in bytes, times in ms. */
export interface SettingsPlan {
  readonly checkpointsKept?: number;
  readonly blockQueueSize?: number;
  readonly maxHeldRecords?: number;
  readonly maxHeldBytes?: number;
  readonly maxKnownGaps?: number;
  readonly maxUnallocatedBlocks?: number;
  readonly blockStoreBytes?: number;
  readonly registrationGraceMs?: number;
  /** So much may wait to be written in a log. */
  readonly logWaitingBytes?: number;
  /** A segment of the log is closed at this age. */
  readonly segmentMs?: number;
  /** Every group of writes gets a segment of its own. */
  readonly closesFiles?: boolean;
  /** When a held batch is tried again while faults are on. Default: every 250 ms. */
  readonly retriesHeld?: 'once' | 'never';
  /** Records per second that a receiver may store before a batch was measured. */
  readonly initialRate?: number;
  /** Code of users that fails throws anything, not only errors. */
  readonly throwsAnything?: boolean;
  /** Every process begins with the same random numbers as the one before it in its place. */
  readonly repeatsChance?: boolean;
  /** The longest that an output operation takes. */
  readonly outputMs?: number;
  /** An executor that asks another one learns of its death from the driver alone: the line between them stays open. */
  readonly deathsAreSilent?: boolean;
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
  /**
   * How records are stored, instead of `stores`. `text`: as lines. `mixed`: one by one, as lines and as whole blocks, of
   * which some are not waited for.
   */
  readonly mix?: 'text' | 'mixed';
  /** What an acknowledgement of an `acknowledged` source stands for. Default `cumulative`. */
  readonly ack?: 'individual';
  /** A mixed receiver looks for records rarely, and then stores many small blocks at once. */
  readonly inBursts?: true;
  /** Now and then it stores a value that no codec takes: an engine leaves that record out, and no other. */
  readonly storesOdd?: true;
  /** The receiver calls its context after its end. */
  readonly callsLate?: boolean;
}

/** What a program computes beside what comes in; the answers are known. */
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

/** Another version of a program, which goes on where the one before it stopped. */
export interface VersionPlan {
  readonly program: ProgramPlan;
  /** Default: as it was. */
  readonly batchIntervalMs?: number;
  readonly allowsDroppedState?: boolean;
  /** The code with which it has to be refused. Default: it has to go on. */
  readonly refusedWith?: string;
}

/** A whole run. */
export interface Plan {
  readonly seed: string;
  /** 0: the driver's process is the only one. */
  readonly executors: number;
  /** The number of executors in each life of the driver, in turns. Default: `executors` in all. At least 1 each. */
  readonly executorsByLife?: readonly number[];
  readonly policy: 'load-balanced' | 'round-robin';
  readonly batchIntervalMs: number;
  readonly blockIntervalMs: number;
  /** What an acknowledged record survives. */
  readonly durability: 'memory' | 'process' | 'machine';
  readonly checkpoints: boolean;
  readonly segmentBytes: number;
  readonly concurrentJobs: number;
  readonly onBatchFailure: 'stop' | 'hold' | 'skip';
  readonly streams: readonly StreamPlan[];
  readonly graphs: readonly GraphKind[];
  readonly eventTime?: EventTimePlan;
  /** A program that was drawn from the whole language. */
  readonly program?: ProgramPlan;
  /** Versions of the program that are started one after the other once the first one has stopped. */
  readonly versions?: readonly VersionPlan[];
  /** Whether what was kept for operators that are gone may be lost. Default false. */
  readonly allowsDroppedState?: boolean;
  /** How long sources produce while faults are on, in ms. */
  readonly loadMs: number;
  readonly disk: DiskFaults;
  readonly channels: ChannelFaults;
  readonly endings: readonly Ending[];
  readonly jobFailureRate: number;
  readonly settings?: SettingsPlan;
  readonly damages?: readonly Damage[];
  readonly failing?: readonly FailingOperation[];
  readonly lasting?: readonly LastingRefusal[];
  /** Kept partitions and shuffle outputs are gone when they are asked for: after so many that are there, each. */
  readonly evictions?: readonly number[];
  /** How long executors go on after the death of their driver, in ms; absent: they die with it. */
  readonly outliveMs?: number;
  readonly clockSteps?: readonly ClockStep[];
  /** While faults are on: what was received before may be forgotten when sources go on. */
  readonly lull?: Lull;
  /** How long nothing happens at the end, in ms. */
  readonly quietMs?: number;
  /** Breaks the program on purpose, to prove that somebody would notice. */
  readonly brokenOnPurpose?: boolean;
}
