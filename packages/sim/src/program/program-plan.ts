// A program as data: its operators, the inputs of each operator, and its outputs. Driver, executors and the model read
// the same data.
import type { Combiner } from './user-functions.ts';
import type { BatchOperatorName, OperatorName } from './operator-names.ts';

/** The settings of an operator; each operator uses a subset. */
export interface NodeSettings {
  /** One of the functions known to an operator. */
  readonly variant?: string;
  readonly combine?: Combiner;
  readonly partitions?: number;
  readonly modulus?: number;
  readonly rest?: number;
  /** The length and slide of a window, in slides of its input. */
  readonly length?: number;
  readonly slide?: number;
  /** True: a window with an inverse function hides keys that have left the window. */
  readonly hides?: boolean;
  /** The time-out of keys without records, in slides. */
  readonly timeout?: number;
  /** The time within which duplicates are dropped: in slides, or in ms of event time. */
  readonly within?: number;
  /** Keys with initial state. */
  readonly initialKeys?: number;
  readonly descending?: boolean;
  readonly mapSideCombine?: boolean;
  /** True: the method of the context is called instead of the stream's. */
  readonly byContext?: boolean;
  /** The operator that `transform` applies to the RDDs of a batch. */
  readonly inner?: { readonly op: BatchOperatorName; readonly set: NodeSettings };
  readonly times?: EventTimeSettings;
  readonly windows?: EventWindowSettings;
  /** Present when the operator calls its asynchronous twin. */
  readonly calls?: CallSettings;
  /** The span of a join by event time, in ms. */
  readonly span?: { readonly beforeMs: number; readonly afterMs: number };
  /** For an input: its stream, and the fraction of records taken. */
  readonly source?: number;
  readonly every?: number;
}

/** The calls of an asynchronous operator. */
export interface CallSettings {
  readonly concurrency: number;
  readonly ordered: boolean;
  readonly attempts: number;
  /** With a time-out, some calls never end while faults are on. */
  readonly timeoutMs?: number;
  /** The longest duration of a call, in ms. */
  readonly waitMs: number;
}

/** The times of records. */
export interface EventTimeSettings {
  /** The event time from one number to the next, in ms. */
  readonly stepMs: number;
  readonly outOfOrdernessMs: number;
  readonly idleAfterMs?: number;
  readonly idleAdvanceMs?: number;
  /** One record in so many has a time far ahead of all batches. Default: none has. */
  readonly farEvery?: number;
  /** Default: that of the engine, which is before such times as well. */
  readonly maxFutureMs?: number;
}

/** The places at which windows begin. */
export interface WindowAlignmentSettings {
  readonly offsetMs?: number;
  readonly timeZone?: string;
}

/** Windows of event time. */
export interface EventWindowSettings {
  readonly rule:
    | ({ readonly kind: 'tumbling'; readonly sizeMs: number } & WindowAlignmentSettings)
    | ({
        readonly kind: 'sliding';
        readonly sizeMs: number;
        readonly slideMs: number;
      } & WindowAlignmentSettings)
    | { readonly kind: 'session'; readonly gapMs: number };
  readonly allowedLatenessMs: number;
}

/** An operator of a program, or an input. */
export interface ProgramNode {
  readonly id: string;
  readonly op: OperatorName;
  /** The inputs: ids of earlier nodes. */
  readonly from: readonly string[];
  readonly set: NodeSettings;
  /** True: the program gives the operator a uid. */
  readonly hasUid?: boolean;
  /** The operator has another uid than in earlier versions, and names the earlier one, or no longer. */
  readonly renamed?: 'from' | 'for good';
}

/** The kinds of outputs. */
export const OUTPUT_KINDS = ['foreachRDD', 'foreachPartition', 'print', 'saveAsTextFiles', 'slice'] as const;

/** Outputs that write to a sink of the product, partition by partition. */
export const SINK_KINDS = ['filesSink', 'sqliteSink'] as const;

/** A kind of output. */
export type OutputKind = (typeof OUTPUT_KINDS)[number] | SinkKind;

/** A sink of the product. */
export type SinkKind = (typeof SINK_KINDS)[number];

/** Tells whether outputs of a kind write to a sink of the product. */
export function isSinkKind(kind: OutputKind): kind is SinkKind {
  return SINK_KINDS.some((sink) => sink === kind);
}

/** A death while a sink writes. */
export interface SinkDeath {
  readonly part: 'driver' | 'machine';
  /** Of steps of writing, or of names. */
  readonly afterSteps: number;
  readonly downMs: number;
}

/** The settings of the sink of an output; each sink uses a subset. */
export interface SinkSettings {
  readonly format?: 'text' | 'ndjson' | 'csv';
  /** False: files need not survive a power loss. */
  readonly fsync?: boolean;
  readonly writeEmpty?: boolean;
  readonly chunkBytes?: number;
  readonly journalMode?: 'wal' | 'delete';
  /** The least number of batches in the ledger of the SQLite sink. Default: that of the sink, more than any run has. */
  readonly ledgerBatches?: number;
  /** Endings while the sink writes: after this many steps of writing, one after the other. */
  readonly deaths?: readonly SinkDeath[];
  /** An ending right after this number of files got their names. */
  readonly deathAtName?: SinkDeath;
  /** The probability of failure of a SQLite statement while faults are on, 0 to 1. */
  readonly failureRate?: number;
}

/** An output that writes to a sink. */
export interface SinkTarget {
  readonly id: number;
  /** `sqliteTable`: a SQLite table with one row for each key. */
  readonly kind: OutputKind | 'sqliteTable';
  readonly sink?: SinkSettings;
}

/** The actions that an output calls in addition to `collect`. */
export const ACTIONS = [
  'count',
  'countByValue',
  'countByKey',
  'collectAsMap',
  'reduceByKeyLocally',
  'lookup',
  'take',
  'first',
  'isEmpty',
  'top',
  'takeOrdered',
  'max',
  'min',
  'reduce',
  'fold',
  'aggregate',
  'forEach',
  'foreachPartition',
] as const;

/** An action. */
export type ActionName = (typeof ACTIONS)[number];

/** An output of a program. */
export interface ProgramOutput {
  /** The base of the output's name in the ledger and on the disk, which stays when the program changes. */
  readonly id: number;
  readonly kind: OutputKind;
  readonly from: string;
  readonly action?: ActionName;
  /** For outputs that write to a sink. */
  readonly sink?: SinkSettings;
  /** For `slice`: the number of batches to look back. */
  readonly back?: number;
  /** True: a later version of the program has added the output, so earlier batches are missing. */
  readonly isNew?: boolean;
}

/** A program. */
export interface ProgramPlan {
  /** In the order of creation: the inputs of a node come before the node. */
  readonly nodes: readonly ProgramNode[];
  readonly outputs: readonly ProgramOutput[];
  /** The minimum number of batches remembered by the context, for slices. Default: as needed by windows. */
  readonly rememberBatches?: number;
  /** The default parallelism of the lives of the driver, in rotation. */
  readonly parallelism: readonly number[];
}
