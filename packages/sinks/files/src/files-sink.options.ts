// The options of `filesSink`. What becomes part of a file name is limited to characters that every file system
// knows and no shell minds, so that no option can lead out of the directory.
import { isPathText, PATH_TEXT_EXPECTED } from '@millrace/core/engine';
import { z } from 'zod';

const NAME_PART_MAX = 64;
const CHUNK_BYTES_MAX = 16 * 1_024 * 1_024;

const prefix = z
  .string()
  .max(NAME_PART_MAX)
  .regex(
    /^([A-Za-z0-9_-][A-Za-z0-9._-]*)?$/,
    'expected letters, digits, ".", "_" and "-", not beginning with "."',
  );

const suffix = z
  .string()
  .max(NAME_PART_MAX)
  .regex(
    /^([A-Za-z0-9._-]*[A-Za-z0-9_-])?$/,
    'expected letters, digits, ".", "_" and "-", not ending with "."',
  )
  .regex(
    /^(?!.*\.gz$)/i,
    'expected another ending than .gz: the files are not compressed, and readers would decompress them',
  );

const columns = z
  .array(
    z
      .string()
      .min(1)
      .refine((name) => name.isWellFormed(), 'expected well-formed text'),
  )
  .min(1)
  .refine((names) => new Set(names).size === names.length, 'expected each column once');

/** Describes the options of `filesSink`. */
export const filesSinkOptions = z
  .strictObject({
    /** Where the files are; made, with the directories above it, when it is not there. */
    directory: z.string().min(1).refine(isPathText, PATH_TEXT_EXPECTED),
    /** What every file name begins with. Default none. */
    prefix: prefix.default(''),
    /** What every file name ends with. Default `.ndjson`, `.txt` or `.csv`, as `format` says. */
    suffix: suffix.optional(),
    /** One line a record: JSON, the record itself (a text), or comma-separated values. */
    format: z.enum(['ndjson', 'text', 'csv']).default('ndjson'),
    /** For `csv`, and needed there: the fields of a record, in the order of the columns. */
    columns: columns.optional(),
    /** For `csv`: whether each file begins with a line of column names. Default true. */
    header: z.boolean().optional(),
    /** For `csv`: what stands between values. Default `,`. */
    delimiter: z
      .string()
      .regex(/^[^"\r\n\ufeff]$/, 'expected one character that is no quotation mark and no line break')
      .refine((delimiter) => delimiter.isWellFormed(), 'expected a whole character')
      .optional(),
    /** Whether a partition without records makes a file without records. */
    writeEmpty: z.boolean().default(false),
    /** Whether files and their names are flushed to the disk before a write counts as done. */
    fsync: z.boolean().default(true),
    /** Who may read and write the files, as mode bits; directories that are made can be searched by those who may read. */
    mode: z.int().min(0o200).max(0o777).optional(),
    /** How many bytes are put together before they are written; a single longer record is written as a whole. */
    chunkBytes: z.int().min(1).max(CHUNK_BYTES_MAX).default(262_144),
  })
  .superRefine(({ format, columns, header, delimiter }, context) => {
    if (format === 'csv') {
      if (columns === undefined) refuse(context, 'columns', 'expected the fields to write as csv');
      return;
    }
    const given = Object.entries({ columns, header, delimiter }).filter(([, value]) => value !== undefined);
    for (const [name] of given) refuse(context, name, 'expected only with format csv');
  });

/** What an application writes. */
export type FilesSinkInput = z.input<typeof filesSinkOptions>;

/** The options with every default filled in. */
export type FilesSinkOptions = z.output<typeof filesSinkOptions>;

function refuse(context: z.RefinementCtx, name: string, message: string): void {
  context.addIssue({ code: 'custom', path: [name], message });
}
