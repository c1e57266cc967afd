// The content of the directory of checkpoints, decoded from the bytes of the files: readable checkpoints, and the parts
// referenced by each. The decoder knows the format of the files and is independent of the writer.
import { crc32 } from 'node:zlib';
import { MsgpackCodec } from '@millrace/core';
import type { FaultyStorage } from '@millrace/testing';

const MAGIC = 0x4d_52_43_50;
const HEAD_BYTES = 28;
const CRC_OFFSET = 24;

/** A checkpoint as stored in its file. */
export interface CheckpointOnDisk {
  readonly path: string;
  readonly batchTime: number;
  /** Undefined for an unreadable checkpoint. */
  readonly content: CheckpointContentOnDisk | undefined;
}

/** The decoded fields of a checkpoint. */
export interface CheckpointContentOnDisk {
  readonly epoch: number;
  readonly doneUpTo: number;
  /** The numbers of the referenced parts. */
  readonly parts: readonly number[];
}

/** Everything in a directory of checkpoints. */
export interface CheckpointsOnDisk {
  /** Oldest first. */
  readonly checkpoints: readonly CheckpointOnDisk[];
  /** The numbers of the parts, ascending. */
  readonly parts: readonly number[];
  /** Unreadable parts. */
  readonly damagedParts: ReadonlySet<number>;
  /** Names of other files. */
  readonly others: readonly string[];
}

/** The path of a part. */
export function partPath(directory: string, part: number): string {
  return `${directory}/part-${part}`;
}

/** Reads a directory; an absent directory is empty. */
export function checkpointsOnDisk(disk: FaultyStorage, directory: string): CheckpointsOnDisk {
  const names = disk.files(directory).map(({ path }) => path);
  const numbered = (prefix: string) =>
    names
      .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
      .map((name) => Number(name.slice(prefix.length)))
      .toSorted((one, other) => one - other);
  const parts = numbered('part-');
  const times = numbered('checkpoint-');
  const isDamaged = (part: number) => bodyOf(disk.readFile(partPath(directory, part))) === undefined;
  return {
    checkpoints: times.map((batchTime) => {
      const path = `${directory}/checkpoint-${batchTime}`;
      return { path, batchTime, content: contentOf(disk.readFile(path)) };
    }),
    parts,
    damagedParts: new Set(parts.filter(isDamaged)),
    others: names.filter((name) => !/^(checkpoint|part)-\d+$/.test(name)),
  };
}

/** The bytes after the header; undefined when damaged. */
function bodyOf(file: Uint8Array): Uint8Array | undefined {
  if (file.byteLength < HEAD_BYTES) return undefined;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const body = file.subarray(HEAD_BYTES);
  if (view.getUint32(0) !== MAGIC || view.getFloat64(16) !== body.byteLength) return undefined;
  const checksum = crc32(body, crc32(file.subarray(0, CRC_OFFSET)));
  return checksum === view.getUint32(CRC_OFFSET) ? body : undefined;
}

interface Encoded {
  readonly epoch: number;
  readonly doneUpTo: number;
  readonly state: readonly { readonly parts: readonly number[] }[];
}

function contentOf(file: Uint8Array): CheckpointContentOnDisk | undefined {
  const body = bodyOf(file);
  if (body === undefined) return undefined;
  // The first field is the version of the format.
  const [, { epoch, doneUpTo, state }] = new MsgpackCodec().decodeRecords(body) as [number, Encoded];
  return { epoch, doneUpTo, parts: state.flatMap(({ parts }) => parts) };
}
