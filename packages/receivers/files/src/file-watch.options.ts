// The options that both kinds of file receivers share: which directory, which of its files, and how often to look.
import { isPathText, PATH_TEXT_EXPECTED } from '@millrace/core/engine';
import { z } from 'zod';

const MAX_INTERVAL_MS = 86_400_000;
const MAX_CHUNK_BYTES = 16 * 1_024 * 1_024;

/** Which files of which directory are read, and when. */
export const fileWatchOptions = z.strictObject({
  /** One directory, not its subdirectories. No glob. */
  directory: z
    .string()
    .min(1)
    .refine(isPathText, PATH_TEXT_EXPECTED)
    .refine((path) => !path.includes('*'), 'expected one plain directory, globs are not supported'),
  /** Only files whose name ends with one of these. Empty: any. */
  suffixes: z.array(z.string().min(1)).default([]),
  /** Only files whose whole name fits: `*` stands for any characters, `?` for one. */
  pattern: z.string().min(1).default('*'),
  /** Whether files are left out that were last modified before the receiver started. */
  newFilesOnly: z.boolean().default(true),
  /** How far back a modification time may lie to be accepted, at least, in milliseconds. */
  minRememberMs: z.int().min(1).max(MAX_INTERVAL_MS).default(60_000),
  /** How often the directory is listed, in milliseconds. */
  pollIntervalMs: z.int().min(1).max(MAX_INTERVAL_MS).default(1_000),
  /** How much is read at once, in bytes. */
  chunkBytes: z.int().min(1).max(MAX_CHUNK_BYTES).default(262_144),
});

/** The shared options with every default filled in. */
export type FileWatchOptions = z.output<typeof fileWatchOptions>;
