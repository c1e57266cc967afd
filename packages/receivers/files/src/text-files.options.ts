// The options of `textFiles`.
import { z } from 'zod';
import { fileWatchOptions } from './file-watch.options.ts';

const MAX_LINE_BYTES = 64 * 1_024 * 1_024;

/** Describes the options of `textFiles`. */
export const textFilesOptions = fileWatchOptions.extend({
  /** The longest accepted line, in bytes without its `\n`. */
  maxLineBytes: z.int().min(1).max(MAX_LINE_BYTES).default(1_048_576),
  /**
   * The reaction to a longer line. `skip`: the line is left out, counted and reported. `stop`: the receiver ends for
   * good.
   */
  onLongLine: z.enum(['skip', 'stop']).default('skip'),
});

/** The options in the form written by an application. */
export type TextFilesInput = z.input<typeof textFilesOptions>;

/** The options with every default filled in. */
export type TextFilesOptions = z.output<typeof textFilesOptions>;
