// The content of a checkpoint: data about batches and operators, and no code (ADR 0004). The engine's codec encodes the
// content behind a version of its own, which outlives releases.
import { type BatchTime, type Codec, type Epoch, isMillraceError, type StreamId } from '@millrace/core';
import type { SkippedRange } from '../batches/skipped-batches.ts';
import { checkpointError } from './checkpoint-errors.ts';

/** The version of `CheckpointContent` as it is written. */
const CHECKPOINT_FORMAT = 1;

/** One operator of the program that wrote the checkpoint. */
export interface CheckpointedOperator {
  readonly id: string;
  readonly kind: string;
  /**
   * True when the program named the operator with a `uid`; otherwise the id follows from the operator's place in the
   * graph.
   */
  readonly hasUid: boolean;
  /** Only for streams with a source of their own. */
  readonly streamId?: StreamId;
}

/** The state of one operator, as of the checkpoint's `doneUpTo`. */
export interface CheckpointedOperatorState {
  readonly id: string;
  readonly kind: string;
  readonly version: number;
  readonly data: unknown;
  /** The numbers of the parts that the data needs. */
  readonly parts: readonly number[];
}

/** The whole content of a checkpoint. */
export interface CheckpointContent {
  readonly application: string;
  readonly batchIntervalMs: number;
  readonly zeroTime: BatchTime;
  /** The epoch of the driver that wrote the checkpoint. */
  readonly epoch: Epoch;
  /** All batches up to and including this one are done. */
  readonly doneUpTo: BatchTime;
  /** The last batch that was generated. */
  readonly lastMade: BatchTime;
  /** Batches that were generated and not done, oldest first. */
  readonly pending: readonly BatchTime[];
  /** Batch times that were skipped, as far back as windows reach; absent when no batch was skipped. */
  readonly skipped?: readonly SkippedRange[];
  readonly fingerprint: string;
  readonly operators: readonly CheckpointedOperator[];
  readonly state: readonly CheckpointedOperatorState[];
}

/** Encodes a checkpoint. @throws `MR_CODEC_UNSUPPORTED_VALUE` when an operator's state is not plain data. */
export function encodeCheckpoint(codec: Codec, content: CheckpointContent): Uint8Array {
  return codec.encodeRecords([CHECKPOINT_FORMAT, content]);
}

/**
 * The counterpart of `encodeCheckpoint`; undefined when the bytes are damaged.
 *
 * @throws `MR_CHECKPOINT_FORMAT_UNSUPPORTED`: the checkpoint is intact, so recovery must not pass over it.
 */
export function decodeCheckpoint(codec: Codec, bytes: Uint8Array): CheckpointContent | undefined {
  const decoded = decode(codec, bytes);
  if (decoded === undefined || decoded.length === 0) return undefined;
  const [format, content] = decoded;
  if (format === CHECKPOINT_FORMAT) return isContent(content) ? content : undefined;
  throw checkpointError(
    'MR_CHECKPOINT_FORMAT_UNSUPPORTED',
    `expected a checkpoint of format ${CHECKPOINT_FORMAT}, got ${String(format)}; run the version that wrote the checkpoint`,
    { details: { format } },
  );
}

function decode(codec: Codec, bytes: Uint8Array): unknown[] | undefined {
  try {
    return codec.decodeRecords(bytes);
  } catch (error) {
    if (isMillraceError(error, 'MR_CODEC_MALFORMED')) return undefined;
    throw error;
  }
}

function isContent(value: unknown): value is CheckpointContent {
  if (typeof value !== 'object' || value === null) return false;
  const { application, batchIntervalMs, zeroTime, epoch, doneUpTo, lastMade, operators, state } =
    value as Partial<CheckpointContent>;
  const numbers = [batchIntervalMs, zeroTime, epoch, doneUpTo, lastMade];
  return (
    typeof application === 'string' &&
    numbers.every((number) => Number.isSafeInteger(number)) &&
    Array.isArray(operators) &&
    Array.isArray(state)
  );
}
