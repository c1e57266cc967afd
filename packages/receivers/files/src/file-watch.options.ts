// The options shared by both kinds of file receivers: the directory, the selection of files, and the polls.
import { isPathText, PATH_TEXT_EXPECTED } from '@millrace/core/engine';
import { z } from 'zod';

const MAX_INTERVAL_MS = 86_400_000;
const MAX_CHUNK_BYTES = 16 * 1_024 * 1_024;

/** The directory, its accepted files, and the times of reading. */
export const fileWatchOptions = z.strictObject({
  /** One directory, not its subdirectories. No glob. */
  directory: z
    .string()
    .min(1)
    .refine(isPathText, PATH_TEXT_EXPECTED)
    .refine((path) => !path.includes('*'), 'expected one plain directory, globs are not supported'),
  /** Only files whose name ends with one of these. Empty: any. */
  suffixes: z.array(z.string().min(1)).default([]),
  /** Only files whose whole name matches: `*` stands for any characters, `?` for one. */
  pattern: z.string().min(1).default('*'),
  /** True when files modified before the start of the receiver are left out. */
  newFilesOnly: z.boolean().default(true),
  /** The least age at which a modification time is still accepted, in milliseconds. */
  minRememberMs: z.int().min(1).max(MAX_INTERVAL_MS).default(60_000),
  /** The period of listing the directory, in milliseconds. */
  pollIntervalMs: z.int().min(1).max(MAX_INTERVAL_MS).default(1_000),
  /** The size of one read, in bytes. */
  chunkBytes: z.int().min(1).max(MAX_CHUNK_BYTES).default(262_144),
});

/** The shared options with every default filled in. */
export type FileWatchOptions = z.output<typeof fileWatchOptions>;
