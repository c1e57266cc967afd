// The options shared by both kinds of file receivers: the directory, the selection of files, and the polls.
import { isPathText, PATH_TEXT_EXPECTED } from '@millrace/core/engine';
import { z } from 'zod';

const MAX_INTERVAL_MS = 86_400_000;
const MAX_CHUNK_BYTES = 16 * 1_024 * 1_024;

/** The directory, its accepted files, and the times of reading. */
export const fileWatchOptions = z.strictObject({
  /** One plain directory, not its subdirectories. No glob. */
  directory: z
    .string()
    .min(1)
    .refine(isPathText, PATH_TEXT_EXPECTED)
    .refine((path) => !path.includes('*'), 'expected one plain directory, globs are not supported'),
  /** Accepts only files whose name ends with one of these suffixes. Empty: any. */
  suffixes: z.array(z.string().min(1)).default([]),
  /**
   * Accepts only files whose whole name matches: `*` stands for any characters, `?` for one. Hidden names match only a
   * pattern that begins with `.`.
   */
  pattern: z.string().min(1).default('*'),
  /** Leaves out files last modified before the receiver started. */
  newFilesOnly: z.boolean().default(true),
  /** The age up to which a modification time is accepted, in milliseconds. Rounded up to whole polls. */
  minRememberMs: z.int().min(1).max(MAX_INTERVAL_MS).default(60_000),
  /** The time between listings of the directory, in milliseconds. */
  pollIntervalMs: z.int().min(1).max(MAX_INTERVAL_MS).default(1_000),
  /** The size of one read, in bytes. */
  chunkBytes: z.int().min(1).max(MAX_CHUNK_BYTES).default(262_144),
});

/** The shared options with every default filled in. */
export type FileWatchOptions = z.output<typeof fileWatchOptions>;
