// The options of `filesSink`. Parts of file names are limited to characters that are valid in every file system and not
// special in any shell, so that no option can lead out of the directory.
import { isPathText, PATH_TEXT_EXPECTED } from '@millrace/core/engine';
import { z } from 'zod';
import { COLUMN_TYPES } from './formats/typed-column.ts';

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

const columnName = z
  .string()
  .min(1)
  .refine((name) => name.isWellFormed(), 'expected well-formed text');

const columns = z
  .array(z.union([columnName, z.strictObject({ name: columnName, type: z.enum(COLUMN_TYPES).optional() })]))
  .min(1)
  .refine((given) => {
    const names = given.map((column) => (typeof column === 'string' ? column : column.name));
    return new Set(names).size === names.length;
  }, 'expected each column once');

/** Options of some formats only. */
const NEEDED_FORMATS: Readonly<
  Record<'columns' | 'header' | 'delimiter' | 'rowGroupRows' | 'compression', readonly string[]>
> = {
  columns: ['csv', 'parquet', 'arrow'],
  header: ['csv'],
  delimiter: ['csv'],
  rowGroupRows: ['parquet', 'arrow'],
  compression: ['parquet'],
};

const rowGroupRows = z.int().min(1).max(10_000_000);
const compression = z.enum(['snappy', 'none']);

/** Describes the options of `parquetFormat`. */
export const parquetFormatOptions = z.strictObject({
  /** The fields of a record, in the order of the columns. A name, or `{ name, type }`; without a type a column is `text`. */
  columns,
  /** The largest number of rows in a row group, which memory holds. */
  rowGroupRows: rowGroupRows.default(50_000),
  /** The compression of values. */
  compression: compression.default('snappy'),
  /** True when a partition without records makes a file without records. */
  writeEmpty: z.boolean().default(false),
});

/** Describes the options of `filesSink`. */
export const filesSinkOptions = z
  .strictObject({
    /** The directory of the files; made when missing, with the directories above. */
    directory: z.string().min(1).refine(isPathText, PATH_TEXT_EXPECTED),
    /**
     * True says that every host of the engine mounts the directory at this path. Executors on several hosts need this: each
     * host would otherwise have a part of every batch.
     */
    shared: z.boolean().default(false),
    /** The beginning of every file name: letters, digits, `.`, `_`, `-`, not beginning with `.`. Default empty. */
    prefix: prefix.default(''),
    /** The end of every file name; not `.gz`, which readers would decompress. Default `.ndjson`, `.txt`, `.csv`, `.parquet` or `.arrow`, according to `format`. */
    suffix: suffix.optional(),
    /** One line a record: JSON, the record itself (a text), or comma-separated values; or a Parquet or Arrow file. */
    format: z.enum(['ndjson', 'text', 'csv', 'parquet', 'arrow']).default('ndjson'),
    /**
     * For `csv`, `parquet` and `arrow`, and required there: the fields of a record, in the order of the columns. A name, or for
     * `parquet` and `arrow` `{ name, type }`; without a type a column is `text`.
     */
    columns: columns.optional(),
    /** For `csv`: true when each file begins with a line of column names. Default true. */
    header: z.boolean().optional(),
    /** For `csv`: the delimiter of values. Default `,`. */
    delimiter: z
      .string()
      .regex(/^[^"\r\n\ufeff]$/, 'expected one character other than a quotation mark or a line break')
      .refine((delimiter) => delimiter.isWellFormed(), 'expected a whole character')
      .optional(),
    /** For `parquet` and `arrow`: the largest number of rows in a row group, which memory holds. Default 50,000. */
    rowGroupRows: rowGroupRows.optional(),
    /** For `parquet`: the compression of values. Default `snappy`. */
    compression: compression.optional(),
    /** True when a partition without records makes a file without records. */
    writeEmpty: z.boolean().default(false),
    /** True when files and their names are flushed to the disk before a write is complete. */
    fsync: z.boolean().default(true),
    /** The permissions of the files as mode bits, for instance `0o640`; new directories can be searched by users with read permission. */
    mode: z.int().min(0o200).max(0o777).optional(),
    /** The number of bytes collected before a write; a single longer record is written at once. */
    chunkBytes: z.int().min(1).max(CHUNK_BYTES_MAX).default(262_144),
  })
  .superRefine((options, context) => {
    const { format, columns: given } = options;
    const needed = NEEDED_FORMATS.columns.includes(format);
    if (needed && given === undefined)
      refuse(context, 'columns', `expected the fields to write as ${format}`);
    for (const [name, formats] of Object.entries(NEEDED_FORMATS)) {
      const value = options[name as keyof typeof NEEDED_FORMATS];
      if (value !== undefined && !formats.includes(format))
        refuse(context, name, `expected only with format ${formats.join(' or ')}`);
    }
    if (format === 'csv' && given?.some((column) => typeof column !== 'string') === true)
      refuse(context, 'columns', 'expected names without types with format csv');
  });

/** The options in the form written by an application. */
export type FilesSinkInput = z.input<typeof filesSinkOptions>;

/** The options with every default filled in. */
export type FilesSinkOptions = z.output<typeof filesSinkOptions>;

/** The options of `parquetFormat` in the form written by an application. */
export type ParquetFormatInput = z.input<typeof parquetFormatOptions>;

function refuse(context: z.RefinementCtx, name: string, message: string): void {
  context.addIssue({ code: 'custom', path: [name], message });
}
