// The options of `wholeFiles`.
import { z } from 'zod';
import { fileWatchOptions } from './file-watch.options.ts';

const MAX_FILE_BYTES = 1_024 * 1_024 * 1_024;

/** Describes the options of `wholeFiles`. */
export const wholeFilesOptions = fileWatchOptions.extend({
  /** The largest accepted file, in bytes: a file is one record and is in memory as a whole. */
  maxFileBytes: z.int().min(1).max(MAX_FILE_BYTES).default(16_777_216),
});

/** The options in the form written by an application. */
export type WholeFilesInput = z.input<typeof wholeFilesOptions>;

/** The options with every default filled in. */
export type WholeFilesOptions = z.output<typeof wholeFilesOptions>;
