// `millrace-wal dump DIR`: the entries of logs, one JSON line each, in the order of the log. Lines are written after
// each read, so that any log can be dumped in bounded memory and `| head` ends the command early.
import type { LogRecord } from '@millrace/core';
import { unsupportedFormat, segmentPath } from '../log-directory.ts';
import { readLog } from '../read-log.ts';
import type { LogSegment } from '../segment-chain.ts';
import { walError } from '../wal-errors.ts';
import { type CommandContext, EXIT_CODES, type ExitCode, problemOf } from './command-context.ts';
import { describePayload } from './describe-payload.ts';
import { findLogs, type FoundLog } from './find-logs.ts';
import { base64 } from './json-value.ts';
import { damageLine, problemLine } from './report-lines.ts';
import { type LogSurvey, surveyLog } from './survey-log.ts';

/** The forms of printed payloads: decoded, complete as hex or base64, or omitted. */
export const DUMP_FORMATS = ['json', 'hex', 'base64', 'length'] as const;

/** The options of `dump`. */
export interface DumpOptions {
  readonly directory: string;
  /** Only the log of this name: its path from the directory, or the last part of the path. */
  readonly log?: string | undefined;
  /** Only entries of this time or later, in ms. */
  readonly fromMs?: number | undefined;
  /** Only entries before this time, in ms. */
  readonly toMs?: number | undefined;
  /** The largest number of entries. */
  readonly limit?: number | undefined;
  readonly format: (typeof DUMP_FORMATS)[number];
  /** With `json`, content above this size, in bytes, is replaced by its size. */
  readonly contentBytesMax: number;
}

/** The number of characters written at once: one read can return thousands of entries. */
const WRITE_CHARACTERS = 64 * 1024;

/**
 * Prints entries. Damage is reported on standard error, and the command continues. The exit code: 0, 1 after damage, 2
 * when a log could not be read.
 *
 * @throws `MR_WAL_LOG_NOT_FOUND`, any error of the storage for the directory, the signal's reason.
 */
export async function dump(context: CommandContext, options: DumpOptions): Promise<ExitCode> {
  const { logs, problems } = await findLogs(context.storage, options.directory);
  for (const problem of problems) await context.warn(`${problemLine(problem)}\n`);
  const dumped = new Dump(context, options);
  for (const log of chosen(logs, options)) await dumped.log(log);
  if (dumped.isDamaged) return EXIT_CODES.damage;
  return dumped.isUnreadable || problems.length > 0 ? EXIT_CODES.unreadable : EXIT_CODES.clean;
}

/** One run of the command. */
class Dump {
  readonly #context: CommandContext;
  readonly #options: DumpOptions;
  #left: number;
  isDamaged = false;
  isUnreadable = false;

  constructor(context: CommandContext, options: DumpOptions) {
    this.#context = context;
    this.#options = options;
    this.#left = options.limit ?? Number.POSITIVE_INFINITY;
  }

  async log(log: FoundLog): Promise<void> {
    const { storage, signal, warn } = this.#context;
    if (this.#left === 0) return;
    try {
      const survey = await surveyLog(storage, log);
      await this.#entries(survey);
    } catch (error) {
      if (signal.aborted) throw error;
      this.isUnreadable = true;
      await warn(`${problemLine(problemOf(error), log.name)}\n`);
    }
  }

  async #entries(survey: LogSurvey): Promise<void> {
    const { log, chain, seen } = survey;
    if (chain === undefined) throw unknownFormat(survey);
    const { storage, signal, warn } = this.#context;
    const segments = chain.segments.filter((segment) => this.#isInRange(segment));
    const { missing } = chain;
    const source = { storage, directory: log.directory, logName: log.name, segments, missing };
    const isSparse = seen.some(({ decoded }) => decoded.kind === 'valid' && decoded.header.isSparse);
    for await (const item of readLog({ ...source, isRemoved: () => true })) {
      signal.throwIfAborted();
      if (item.kind === 'damage') {
        this.isDamaged = true;
        await warn(`${damageLine(item.damage)}\n`);
      } else {
        await this.#records(item.records, isSparse);
      }
      if (this.#left === 0) return;
    }
  }

  async #records(records: readonly LogRecord[], isSparse: boolean): Promise<void> {
    const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = this.#options;
    let text = '';
    for (const record of records) {
      if (record.timeMs < fromMs || record.timeMs >= toMs) continue;
      if (this.#left === 0) break;
      this.#left -= 1;
      text += `${JSON.stringify(this.#line(record, isSparse))}\n`;
      if (text.length < WRITE_CHARACTERS) continue;
      await this.#context.write(text);
      this.#context.signal.throwIfAborted();
      text = '';
    }
    if (text !== '') await this.#context.write(text);
  }

  #line({ payload, timeMs, handle }: LogRecord, isSparse: boolean) {
    const { segment, offset, length } = handle;
    const place = { segment, offset, timeMs, length };
    switch (this.#options.format) {
      case 'length':
        return place;
      case 'hex':
        return { ...place, hex: Buffer.from(payload.buffer, payload.byteOffset, length).toString('hex') };
      case 'base64':
        return { ...place, base64: base64(payload) };
      case 'json': {
        const { contentBytesMax } = this.#options;
        return { ...place, payload: describePayload({ payload, isSparse, contentBytesMax }) };
      }
    }
  }

  /** A segment with only older entries need not be read. */
  #isInRange({ newestMs }: LogSegment): boolean {
    const { fromMs = Number.NEGATIVE_INFINITY } = this.#options;
    return newestMs === undefined || newestMs >= fromMs;
  }
}

function chosen(logs: readonly FoundLog[], { log, directory }: DumpOptions): readonly FoundLog[] {
  if (log === undefined) return logs;
  const exact = logs.filter(({ name }) => name === log);
  const found = exact.length > 0 ? exact : logs.filter(({ name }) => name.endsWith(`/${log}`));
  if (found.length > 0) return found;
  throw walError(
    'MR_WAL_LOG_NOT_FOUND',
    `expected a log ${JSON.stringify(log)} below ${directory}, found ${logs.map(({ name }) => name).join(', ')}`,
    { details: { directory, log } },
  );
}

function unknownFormat({ log, seen }: LogSurvey): Error {
  const [first] = seen.flatMap(({ number, decoded }) =>
    decoded.kind === 'unsupported' ? [{ number, version: decoded.version }] : [],
  );
  const { number = 0, version = 0 } = first ?? {};
  return unsupportedFormat(segmentPath(log.directory, number), version);
}
