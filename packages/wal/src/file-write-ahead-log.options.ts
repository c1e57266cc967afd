// The options of the file log: one schema is the source of the type, the checks and the defaults; the table in the
// README repeats it, and a test compares the two.
import { isPathText, PATH_TEXT_EXPECTED } from '@millrace/core/engine';
import { z } from 'zod';
import { SEGMENT_BYTES_MAX } from './log-format.ts';
import { checkedLogName } from './segment-name.ts';

const MIB = 1024 * 1024;

/** The options of one log. */
export const fileLogOptionsSchema = z.strictObject({
  /** A segment of this size, in bytes, is closed before the next group. Default 64 MiB. */
  segmentBytes: z
    .int()
    .min(4096)
    .max(SEGMENT_BYTES_MAX)
    .default(64 * MIB),
  /** A segment of this age, in ms, is closed before the next group. Default 60,000. */
  segmentMs: z.int().min(1).default(60_000),
  /** How many bytes of entries share one append and one sync; a larger entry goes alone. Default 4 MiB. */
  groupBytes: z
    .int()
    .min(4096)
    .max(256 * MIB)
    .default(4 * MIB),
  /** How many bytes may wait to be written, those being written included; more is refused. Default 256 MiB. */
  waitingBytes: z
    .int()
    .min(4096)
    .default(256 * MIB),
  /** Whether a write waits for the disk. False: entries survive the process, not the loss of power. Default true. */
  sync: z.boolean().default(true),
  /** Whether every group gets a segment of its own, closed after it. Default false. */
  closeFileAfterWrite: z.boolean().default(false),
  /** What to do about damage: fail with its place, or skip, count and log it. Default `'fail'`. */
  onCorrupt: z.enum(['fail', 'skip']).default('fail'),
});

/** The options of the plugin: those of a log, and where logs are. */
export const fileWriteAheadLogOptionsSchema = fileLogOptionsSchema.extend({
  /** The folder in which each log has a folder of its own. Made when absent. */
  directory: z.string().min(1).refine(isPathText, PATH_TEXT_EXPECTED),
  /** The name of the log for blocks. Executors outside the driver's process add a dash and their place to it. Default `'blocks'`. */
  blocks: z
    .string()
    .refine(isLogName, 'expected letters, digits, dots, dashes or underscores')
    .default('blocks'),
  /** How long, in ms, a stored block may take to be registered with the driver. Default 1 hour. */
  registrationGraceMs: z.int().min(0).default(3_600_000),
});

/** The options of one log, complete. */
export type FileLogOptions = Readonly<z.output<typeof fileLogOptionsSchema>>;

/** The options of the plugin, complete. */
export type FileWriteAheadLogOptions = Readonly<z.output<typeof fileWriteAheadLogOptionsSchema>>;

/** The part of the plugin's options that each log is opened with. */
export function logOptionsOf(options: FileWriteAheadLogOptions): FileLogOptions {
  const { directory: _directory, blocks: _blocks, registrationGraceMs: _grace, ...logOptions } = options;
  return logOptions;
}

function isLogName(name: string): boolean {
  try {
    checkedLogName(name);
    return true;
  } catch {
    // Only the answer counts: the schema gives the message.
    return false;
  }
}
