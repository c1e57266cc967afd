// The options of `textFiles`.
import { z } from 'zod';
import { fileWatchOptions } from './file-watch.options.ts';

const MAX_LINE_BYTES = 64 * 1_024 * 1_024;

/** Describes the options of `textFiles`. */
export const textFilesOptions = fileWatchOptions.extend({
  /** The longest line that is kept, in bytes without its `\n`. */
  maxLineBytes: z.int().min(1).max(MAX_LINE_BYTES).default(1_048_576),
  /** What a longer line does: it is left out, counted and reported, or it ends the receiver for good. */
  onLongLine: z.enum(['skip', 'stop']).default('skip'),
});

/** What an application writes. */
export type TextFilesInput = z.input<typeof textFilesOptions>;

/** The options with every default filled in. */
export type TextFilesOptions = z.output<typeof textFilesOptions>;
