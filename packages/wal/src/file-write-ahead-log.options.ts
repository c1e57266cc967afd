// The options of the file log: one schema is the source of the type, the checks, the defaults and the table in the README.
import { isPathText, PATH_TEXT_EXPECTED } from '@millrace/core/engine';
import { z } from 'zod';
import { SEGMENT_BYTES_MAX } from './log-format.ts';
import { checkedLogName } from './segment-name.ts';

const KIB = 1024;
const MIB = 1024 * 1024;

/** The options of one log. */
export const fileLogOptionsSchema = z.strictObject({
  /** A segment of this size, in bytes, is closed before the next group. Default 64 MiB. */
  segmentBytes: z
    .int()
    .min(4096)
    .max(SEGMENT_BYTES_MAX)
    .default(64 * MIB),
  /**
   * A new segment, and a full file, gets this number of bytes in advance, written as zeros: a sync inside a file costs less
   * than a sync of a growing file. 0: files grow with their entries. Has no effect without `sync`, or with
   * `closeFileAfterWrite`. Default 1 MiB.
   */
  preallocateBytes: z
    .int()
    .min(0)
    .max(64 * MIB)
    .default(MIB),
  /** A segment of this age, in ms, is closed before the next group. Default 60,000. */
  segmentMs: z.int().min(1).default(60_000),
  /** The number of bytes of entries in one append and one sync; a larger entry is written alone. Default 4 MiB. */
  groupBytes: z
    .int()
    .min(4096)
    .max(256 * MIB)
    .default(4 * MIB),
  /**
   * The largest number of unwritten bytes, including bytes being written; further writes are refused with
   * `MR_WAL_FULL`. Default 256 MiB.
   */
  waitingBytes: z
    .int()
    .min(4096)
    .default(256 * MIB),
  /** True: a write waits for the disk. False: entries survive the process, not the loss of power. Default true. */
  sync: z.boolean().default(true),
  /** True: every group gets a segment of its own, closed after the group, for stores without flush. Default false. */
  closeFileAfterWrite: z.boolean().default(false),
  /** The reaction to damage: fail with its place, or skip, count and log the damage. Default `'fail'`. */
  onCorrupt: z.enum(['fail', 'skip']).default('fail'),
});

/** The options of the plugin: the options of a log, and the directory of logs. */
export const fileWriteAheadLogOptionsSchema = fileLogOptionsSchema.extend({
  /** The folder in which each log has a folder of its own. Created when absent. */
  directory: z.string().min(1).refine(isPathText, PATH_TEXT_EXPECTED),
  /**
   * True says that every host of the engine mounts the directory at this path, on a file system whose syncs reach the
   * storage. Executors on several hosts need this. A lock of a process on another host counts as held: after the loss of a host
   * a person removes the lock (`npx millrace unlock`). Default false.
   */
  shared: z.boolean().default(false),
  /**
   * The name of the log for blocks. Executors outside the driver's process append a dash and their slot. Default
   * `'blocks'`.
   */
  blocks: z
    .string()
    .refine(isLogName, 'expected letters, digits, dots, dashes or underscores')
    .default('blocks'),
  /**
   * The largest block, in bytes as encoded, that is written inside its registration in the driver's log, so that one sync
   * serves both. 0: every block is written to the log for blocks, with a sync of its own. Default 64 KiB.
   */
  inlineBlockBytes: z
    .int()
    .min(0)
    .max(4 * MIB)
    .default(64 * KIB),
  /** The time limit, in ms, for registering a stored block with the driver. Default 1 hour. */
  registrationGraceMs: z.int().min(0).default(3_600_000),
});

/** The options of one log, complete. */
export type FileLogOptions = Readonly<z.output<typeof fileLogOptionsSchema>>;

/** The options of the plugin, complete. */
export type FileWriteAheadLogOptions = Readonly<z.output<typeof fileWriteAheadLogOptionsSchema>>;

/** The part of the plugin's options for opening each log. */
export function logOptionsOf(options: FileWriteAheadLogOptions): FileLogOptions {
  const {
    directory: _directory,
    shared: _shared,
    blocks: _blocks,
    inlineBlockBytes: _inline,
    registrationGraceMs: _grace,
    ...logOptions
  } = options;
  return logOptions;
}

function isLogName(name: string): boolean {
  try {
    checkedLogName(name);
    return true;
  } catch {
    // Only the answer counts: the message comes from the schema.
    return false;
  }
}
