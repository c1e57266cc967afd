// The parts of checkpoints that make up one operator's state: written once, one after the other, and read back in that
// order. Small parts are merged now and then, so that the number stays low however long a program runs. Old parts are
// dropped once later parts have repeated their content.
import type { BatchTime, Codec } from '@millrace/core';
import type { CheckpointParts } from '../graph/checkpointed-state.ts';
import { stateError } from './state-errors.ts';
import type { StateSegment } from './state-exporter.ts';

/** One part of the chain. */
export interface ChainPart {
  /** The part's number in the checkpoint store. */
  readonly part: number;
  /** The latest version in the part. */
  readonly upTo: BatchTime;
  /** The number of merges behind the part. */
  readonly level: number;
}

/** The number of parts of one level that become one part of the next level. */
const PARTS_PER_LEVEL = 8;
/** Bytes of the length in front of each batch of segments. */
const LENGTH_BYTES = 4;

/** Adds segments to a chain, and leaves out the parts before `from`, which are not needed any more. */
export async function extendChain(
  chain: readonly ChainPart[],
  segments: readonly StateSegment<unknown, unknown>[],
  parts: CheckpointParts,
): Promise<readonly ChainPart[]> {
  const from = segments.reduce((least, segment) => Math.min(least, segment.from), Infinity);
  const needed = chain.filter(({ upTo }) => upTo >= from);
  const changed = segments.filter(hasContent);
  if (changed.length === 0) return needed;
  const upTo = segments.reduce((most, segment) => Math.max(most, segment.upTo), -Infinity);
  const part = await parts.write(frame(parts.codec.encodeRecords(changed)));
  return merged([...needed, { part, upTo, level: 0 }], parts);
}

/** The latest version in merged parts; undefined when no part was merged. */
export function putTogetherUpTo(chain: readonly ChainPart[]): BatchTime | undefined {
  return chain.findLast(({ level }) => level > 0)?.upTo;
}

/** Reads the segments of a chain, in order. @throws `MR_STATE_DATA_INVALID`, and the errors of the store. */
export async function* readChain(
  chain: readonly ChainPart[],
  parts: CheckpointParts,
): AsyncGenerator<StateSegment<unknown, unknown>> {
  for (const { part } of chain) yield* unframe(await parts.read(part), parts.codec);
}

function hasContent(segment: StateSegment<unknown, unknown>): boolean {
  return segment.isFull || segment.keys.length > 0 || segment.removed.length > 0;
}

/** Merges the last parts, as long as there are enough of one level. */
async function merged(chain: readonly ChainPart[], parts: CheckpointParts): Promise<readonly ChainPart[]> {
  const last = chain.slice(-PARTS_PER_LEVEL);
  const newest = last.at(-1);
  if (newest === undefined || last.length < PARTS_PER_LEVEL) return chain;
  if (last.some(({ level }) => level !== newest.level)) return chain;
  const contents: Uint8Array[] = [];
  for (const { part } of last) contents.push(await parts.read(part));
  const part = await parts.write(Buffer.concat(contents));
  const whole = { part, upTo: newest.upTo, level: newest.level + 1 };
  return merged([...chain.slice(0, -PARTS_PER_LEVEL), whole], parts);
}

function frame(bytes: Uint8Array): Uint8Array {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(bytes.byteLength);
  return Buffer.concat([length, bytes]);
}

function* unframe(bytes: Uint8Array, codec: Codec): Generator<StateSegment<unknown, unknown>> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = 0; offset < buffer.length;) {
    const length = offset + LENGTH_BYTES <= buffer.length ? buffer.readUInt32LE(offset) : Infinity;
    const end = offset + LENGTH_BYTES + length;
    if (end > buffer.length) throw invalidPart();
    for (const segment of codec.decodeRecords(buffer.subarray(offset + LENGTH_BYTES, end))) {
      if (!isSegment(segment)) throw invalidPart();
      yield segment;
    }
    offset = end;
  }
}

function isSegment(value: unknown): value is StateSegment<unknown, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const { partition, upTo, keys, values, touched, removed } = value as Partial<
    StateSegment<unknown, unknown>
  >;
  const lists = [keys, values, touched, removed];
  return Number.isSafeInteger(partition) && Number.isSafeInteger(upTo) && lists.every(Array.isArray);
}

function invalidPart(): Error {
  return stateError('MR_STATE_DATA_INVALID', 'a part of a checkpoint holds no segments of state');
}
