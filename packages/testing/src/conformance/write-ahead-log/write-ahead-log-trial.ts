// The trial of a log check: written entries, acknowledged entries, and the entries expected from recovery.
import assert from 'node:assert/strict';
import { isMillraceError, type LogHandle, type LogRecord, type WriteAheadLog } from '@millrace/core';
import { applies, hook } from '../kit/not-applicable.ts';
import type {
  LogFactory,
  WriteAheadLogCapabilities,
  WriteAheadLogSubject,
  WriteAheadLogTarget,
} from './write-ahead-log-target.ts';

/** The maximum number of retries of an entry. */
const TRIES_MAX = 5;

/** An acknowledged entry. */
export interface Acknowledged {
  readonly text: string;
  readonly timeMs: number;
  readonly handle: LogHandle;
}

/** A log under test. */
export class WriteAheadLogTrial {
  readonly target: WriteAheadLogTarget;
  readonly capabilities: WriteAheadLogCapabilities;
  readonly #factories: LogFactory[] = [];
  readonly #logs: WriteAheadLog[] = [];

  constructor(target: WriteAheadLogTarget, capabilities: WriteAheadLogCapabilities) {
    this.target = target;
    this.capabilities = capabilities;
  }

  /** Opens a log through a separate factory, like another process. */
  async open(name = 'log'): Promise<WriteAheadLog> {
    const factory = await this.target.createFactory();
    this.#factories.push(factory);
    const log = await factory.open(name);
    this.#logs.push(log);
    return log;
  }

  /** Closes a log and opens the log again. */
  async reopen(log: WriteAheadLog): Promise<WriteAheadLog> {
    await log.close();
    return this.open();
  }

  /** The process dies, and the next process opens the log. */
  async restartProcess(): Promise<WriteAheadLog> {
    applies(this.capabilities.durability !== 'memory', 'the log claims to survive nothing');
    const crash = hook(this.target, 'crashProcess');
    this.#abandon();
    await crash();
    return this.open();
  }

  /** The machine loses power, and another process opens the log. */
  async restartMachine(): Promise<WriteAheadLog> {
    applies(this.capabilities.durability === 'machine', 'the log does not claim to survive a loss of power');
    const crash = hook(this.target, 'crashMachine');
    this.#abandon();
    await crash();
    return this.open();
  }

  /** Writes an entry again, a little later, as long as the log reports the failure as retryable. */
  async writeUntilDone(log: WriteAheadLog, text: string): Promise<Acknowledged> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await write(log, text);
      } catch (error) {
        if (tries === TRIES_MAX || !isMillraceError(error) || error.disposition !== 'retry') throw error;
        await this.target.advance?.(1_000);
      }
    }
  }

  /** Closes open logs and factories. */
  async closeAll(): Promise<void> {
    for (const log of this.#logs.splice(0)) await log.close();
    for (const factory of this.#factories.splice(0)) await factory.close?.();
  }

  /** Releases everything. */
  async end(): Promise<void> {
    await this.closeAll();
    await this.target.dispose?.();
  }

  /** Resources of a dead process are never closed. */
  #abandon(): void {
    this.#logs.length = 0;
    this.#factories.length = 0;
  }
}

/** Runs a check with a separate trial. */
export async function withLogTrial(
  subject: WriteAheadLogSubject,
  use: (trial: WriteAheadLogTrial) => Promise<void>,
): Promise<void> {
  const trial = new WriteAheadLogTrial(await subject.create(), subject.capabilities);
  let failed = true;
  try {
    await use(trial);
    failed = false;
  } finally {
    // After a failure the log may be in any state, so an error at the end would hide the reason of the failure.
    if (failed) void trial.end().catch(() => undefined);
  }
  await trial.end();
}

/** Writes one entry of text. */
export async function write(log: WriteAheadLog, text: string, timeMs = 1_000): Promise<Acknowledged> {
  return { text, timeMs, handle: await log.write(Buffer.from(text), timeMs) };
}

/** Writes entries one after the other. */
export async function writeAll(
  log: WriteAheadLog,
  entries: readonly (readonly [text: string, timeMs: number])[],
): Promise<readonly Acknowledged[]> {
  const written: Acknowledged[] = [];
  for (const [text, timeMs] of entries) written.push(await write(log, text, timeMs));
  return written;
}

/** All entries of a log, copied. */
export async function recordsOf(log: WriteAheadLog): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const record of log.readAll()) records.push({ ...record, payload: record.payload.slice() });
  return records;
}

/** All entries of a log, as text and time. */
export async function textsOf(log: WriteAheadLog): Promise<readonly (readonly [string, number])[]> {
  const records = await recordsOf(log);
  return records.map(({ payload, timeMs }) => [Buffer.from(payload).toString(), timeMs] as const);
}

/** Asserts that a log holds exactly these entries, in this order. */
export async function assertHolds(log: WriteAheadLog, expected: readonly Acknowledged[]): Promise<void> {
  const found = await textsOf(log);
  const wanted = expected.map(({ text, timeMs }) => [text, timeMs] as const);
  assert.deepEqual(brief(found), brief(wanted), 'recovery differs from the acknowledged entries');
}

/** Long payloads are compared as a whole and shown abbreviated. */
function brief(entries: readonly (readonly [string, number])[]): readonly string[] {
  return entries.map(([text, timeMs]) => {
    const shown = text.length > 40 ? `${text.slice(0, 40)}… ${text.length} ${checksum(text)}` : text;
    return `${shown} @${timeMs}`;
  });
}

function checksum(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i += 1) sum = (sum * 31 + text.charCodeAt(i)) >>> 0;
  return sum;
}
