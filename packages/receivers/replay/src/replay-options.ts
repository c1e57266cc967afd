// The options of a replay: one schema is the source of types, defaults and validation. Options are plain data, because
// they go into logs and into `describe()`.
import { isPathText, PATH_TEXT_EXPECTED } from '@millrace/core/engine';
import { z } from 'zod';
import { problemOfColumns } from './parsing/csv-parser.ts';
import { parseTimestamp } from './timestamps.ts';

const FORMAT_BY_EXTENSION: Readonly<Record<string, 'json' | 'ndjson' | 'csv'>> = {
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  csv: 'csv',
};

/** One UTF-16 unit that is a whole character and not a line end. */
const ONE_CHARACTER = /^[^\r\n\ufeff\ud800-\udfff]$/;

const partition = z
  .strictObject({ index: z.int().min(0), of: z.int().min(1).max(10_000) })
  .refine(({ index, of }) => index < of, { path: ['index'], error: 'expected an index below of' });

const columns = z
  .array(z.string().min(1))
  .min(1)
  .superRefine((names, issues) => {
    const message = problemOfColumns(names);
    if (message !== undefined) issues.addIssue({ code: 'custom', message });
  });

/** Describes the options of `replay`. Units and defaults are with each option. */
export const replayOptionsSchema = z
  .strictObject({
    /** The file to replay, a path on the host of the executor. */
    file: z.string().min(1).refine(isPathText, PATH_TEXT_EXPECTED),
    /**
     * The format: `json` (one array of objects), `ndjson` (one object a line) or `csv`. Default: by the extension
     * (.json, .ndjson, .jsonl, .csv).
     */
    format: z.enum(['json', 'ndjson', 'csv']).optional(),
    /** The name of the field with the event time. */
    timestamp: z.string().min(1),
    /** The notation of event times; default `auto`. Times without a zone are UTC. */
    timestampFormat: z.enum(['auto', 'epoch-s', 'epoch-ms', 'epoch-us', 'epoch-ns', 'iso']).default('auto'),
    /**
     * Event-time milliseconds per wall millisecond, above 0. Default 1: real time. `max`: as fast as the engine accepts
     * records.
     */
    speed: z.union([z.number().positive(), z.literal('max')]).default(1),
    /**
     * The share of this receiver when several receivers share one file: record i belongs to the receiver with index
     * i % of. Default: all.
     */
    partition: partition.optional(),
    /**
     * The event time of the start, written like the timestamps; earlier records are skipped. Default: the event time of
     * the first record.
     */
    startAt: z.union([z.string(), z.number()]).optional(),
    /** `file`: in the order of the file. `timestamp`: sorted in memory first. Default `file`. */
    order: z.enum(['file', 'timestamp']).default('file'),
    /**
     * The reaction to a malformed record. `skip`: counts and reports the record, and continues. `stop`: stores the
     * earlier records, then ends the replay. Default `skip`.
     */
    onMalformed: z.enum(['skip', 'stop']).default('skip'),
    /** CSV only: the names of the columns; default: the names in the first row. */
    columns: columns.optional(),
    /** CSV only: the character between fields; default `,`. */
    delimiter: z.string().regex(ONE_CHARACTER, 'expected one character other than a line end').optional(),
    /** CSV only: the character around fields, or `none`: quotes are then text; default `"`. */
    quote: z
      .union([z.literal('none'), z.string().regex(ONE_CHARACTER, 'expected one character, or none')])
      .optional(),
    /** CSV only: removes spaces and tabs around fields and their quotes (`"a", "b"`); default false. */
    trim: z.boolean().optional(),
    /**
     * CSV only: reads quotes inside a field that does not begin with a quote as text (`5" pipe`); default false.
     */
    relaxQuotes: z.boolean().optional(),
    /**
     * The longest wait for one record, in wall milliseconds: a longer wait is shortened to this value, and later records keep
     * their distance to that record. Default: no limit, waits follow the event times.
     */
    maxGapMs: z.int().min(0).max(2_147_483_647).optional(),
    /** Records that are due within this number of milliseconds are stored together, at its end; default 10. */
    tickMs: z.int().min(1).max(1_000).default(10),
    /**
     * The largest record, in bytes; default 1 MiB. A larger record is malformed. In a JSON array the size counts in
     * characters, and a larger record ends the replay.
     */
    maxRecordBytes: z
      .int()
      .min(1_024)
      .max(64 * 1_048_576)
      .default(1_048_576),
    /**
     * The largest file for order `timestamp`, in bytes; default 64 MiB. The records in memory need several times that
     * size.
     */
    maxSortBytes: z
      .int()
      .min(1)
      .default(64 * 1_048_576),
  })
  .transform((options, issues) => {
    const format = options.format ?? formatOf(options.file);
    const startAtMs = parseTimestamp(options.startAt, options.timestampFormat);
    if (format === undefined) {
      const message = 'expected a name that ends in .json, .ndjson, .jsonl or .csv; otherwise give format';
      issues.addIssue({ code: 'custom', path: ['file'], message });
      return z.NEVER;
    }
    if (options.startAt !== undefined && startAtMs === undefined) {
      const message = `expected an event time written like the timestamps (${options.timestampFormat})`;
      issues.addIssue({ code: 'custom', path: ['startAt'], message });
    }
    for (const name of ['columns', 'delimiter', 'quote', 'trim', 'relaxQuotes'] as const) {
      if (options[name] === undefined || format === 'csv') continue;
      issues.addIssue({
        code: 'custom',
        path: [name],
        message: `expected only for csv, the format is ${format}`,
      });
    }
    const { delimiter = ',', quote = '"' } = options;
    if (quote === delimiter) {
      issues.addIssue({
        code: 'custom',
        path: [options.quote === undefined ? 'delimiter' : 'quote'],
        message: 'expected different characters for delimiter and quote',
      });
    }
    return { ...options, format, startAtMs };
  });

/** The options in the form written by an application. */
export type ReplayInput = z.input<typeof replayOptionsSchema>;

/** The options of the receiver: defaults filled in, the format known, `startAt` in milliseconds since the epoch. */
export type ReplayOptions = z.output<typeof replayOptionsSchema>;

function formatOf(file: string): 'json' | 'ndjson' | 'csv' | undefined {
  return FORMAT_BY_EXTENSION[/\.(\w+)$/.exec(file)?.[1]?.toLowerCase() ?? ''];
}
