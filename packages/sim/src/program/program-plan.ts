// A program as data: its operators, what each reads, and its outputs. Driver, executors and the model read the same.
import type { Combiner } from './user-functions.ts';
import type { BatchOperatorName, OperatorName } from './operator-names.ts';

/** What an operator is set to; each operator reads its own part. */
export interface NodeSettings {
  /** Which of the functions that an operator knows. */
  readonly variant?: string;
  readonly combine?: Combiner;
  readonly partitions?: number;
  readonly modulus?: number;
  readonly rest?: number;
  /** The length and slide of a window, in slides of what it reads. */
  readonly length?: number;
  readonly slide?: number;
  /** Whether a window with an inverse function hides what has left it. */
  readonly hides?: boolean;
  /** How long keys without records stay, in slides. */
  readonly timeout?: number;
  /** Keys that have state from the beginning. */
  readonly initialKeys?: number;
  readonly descending?: boolean;
  readonly mapSideCombine?: boolean;
  /** Whether the context's method is called instead of the stream's. */
  readonly byContext?: boolean;
  /** What `transform` does with the RDDs of a batch. */
  readonly inner?: { readonly op: BatchOperatorName; readonly set: NodeSettings };
  readonly times?: EventTimeSettings;
  readonly windows?: EventWindowSettings;
  /** Of an input: its stream, and that one record of so many is taken. */
  readonly source?: number;
  readonly every?: number;
}

/** How records get their times. */
export interface EventTimeSettings {
  /** How much event time passes from one number to the next, in ms. */
  readonly stepMs: number;
  readonly outOfOrdernessMs: number;
  readonly idleAfterMs?: number;
  readonly idleAdvanceMs?: number;
}

/** Windows of event time. */
export interface EventWindowSettings {
  readonly rule:
    | { readonly kind: 'tumbling'; readonly sizeMs: number }
    | { readonly kind: 'sliding'; readonly sizeMs: number; readonly slideMs: number }
    | { readonly kind: 'session'; readonly gapMs: number };
  readonly allowedLatenessMs: number;
}

/** An operator of a program, or an input. */
export interface ProgramNode {
  readonly id: string;
  readonly op: OperatorName;
  /** What it reads: ids of earlier nodes. */
  readonly from: readonly string[];
  readonly set: NodeSettings;
  /** Whether the program names it. */
  readonly hasUid?: boolean;
}

/** The kinds of outputs. */
export const OUTPUT_KINDS = ['foreachRDD', 'foreachPartition', 'print', 'saveAsTextFiles', 'slice'] as const;

/** A kind of output. */
export type OutputKind = (typeof OUTPUT_KINDS)[number];

/** The actions that an output calls beside `collect`. */
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
  /** Its name in the ledger and on the disk follows from it, and stays when the program changes. */
  readonly id: number;
  readonly kind: OutputKind;
  readonly from: string;
  readonly action?: ActionName;
  /** Of `slice`: how many batches it looks back. */
  readonly back?: number;
  /** Whether the program has it only since a later life: it has no earlier batches. */
  readonly isNew?: boolean;
}

/** A program. */
export interface ProgramPlan {
  /** In the order in which they are made: what a node reads comes before it. */
  readonly nodes: readonly ProgramNode[];
  readonly outputs: readonly ProgramOutput[];
  /** How many batches the context remembers at least, for slices. Default: what windows need. */
  readonly rememberBatches?: number;
  /** The default parallelism of each life of the driver, over and over. */
  readonly parallelism: readonly number[];
}
