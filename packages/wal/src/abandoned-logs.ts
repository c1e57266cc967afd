// The logs of executors that are no more: a program that runs with fewer executors than before reads their blocks, and
// nobody else would ever clean them. Whether a log is abandoned says its lock, which an executor holds as long as it lives.
// It is taken only to look and to remove, so that an executor that comes back finds it free.
import { type BatchTime, type Clock, isMillraceError, type Logger, type Storage } from '@millrace/core';
import { BlockAccount } from './block-account.ts';
import type { BlockLog } from './wal-received-block-handler.ts';

/** What looking after them takes. */
export interface AbandonedLogsDeps {
  readonly storage: Pick<Storage, 'list'>;
  /** The directory in which logs have their folders. */
  readonly root: string;
  /** How the logs of blocks are called: this, or this with a dash and a place. */
  readonly prefix: string;
  /** The log of whoever asks: it is not abandoned. */
  readonly own: string;
  /** Opens a log, taking its lock. */
  readonly openLog: (name: string) => Promise<BlockLog>;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long registering a stored block may take, in ms; see ADR 0007. */
  readonly registrationGraceMs: number;
}

/** How often one looks for them, in milliseconds: they lie there for long anyway. */
const PERIOD_MS = 60_000;

/** Cleans logs that nobody has open. */
export class AbandonedLogs {
  readonly #setup: AbandonedLogsDeps;
  readonly #accounts = new Map<string, BlockAccount>();
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(setup: AbandonedLogsDeps) {
    this.#setup = setup;
  }

  /** Removes what no batch needs, at most once a minute. Never rejects: what cannot be cleaned now is cleaned later. */
  async cleanup(threshold: BatchTime, registeredUpTo: BatchTime | undefined): Promise<void> {
    const { storage, root, clock, log } = this.#setup;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#lastMs < PERIOD_MS) return;
    this.#lastMs = nowMs;
    try {
      for (const { name, kind } of await storage.list(root)) {
        if (kind !== 'directory' || !this.#mayBeAbandoned(name)) continue;
        await this.#clean(name, { threshold, registeredUpTo, nowMs });
      }
    } catch (error) {
      log.warn('logs of executors that are no more could not be cleaned', { root, error });
    }
  }

  #mayBeAbandoned(name: string): boolean {
    const { prefix, own } = this.#setup;
    return name !== own && (name === prefix || name.startsWith(`${prefix}-`));
  }

  async #clean(name: string, news: Parameters<BlockAccount['released']>[0]): Promise<void> {
    const blockLog = await this.#openFree(name);
    // Somebody writes it, and whatever was known of it may be out of date.
    if (blockLog === undefined) return void this.#accounts.delete(name);
    try {
      const segments = blockLog.segments();
      const account = this.#accountOf(name, segments, news.nowMs);
      const released = new Set(account.released(news));
      // The newest stays: by it the next writer knows how to go on.
      const gone = segments.slice(0, -1).filter((segment) => released.has(segment));
      if (gone.length === 0) return;
      await blockLog.discard(gone);
      for (const segment of gone) account.forget(segment);
      this.#setup.log.info('a log of an executor that is no more was cleaned', {
        walLog: name,
        segments: gone.length,
      });
    } finally {
      await blockLog.close();
    }
  }

  async #openFree(name: string): Promise<BlockLog | undefined> {
    try {
      return await this.#setup.openLog(name);
    } catch (error) {
      if (isMillraceError(error, 'MR_STORAGE_LOCKED')) return undefined;
      throw error;
    }
  }

  #accountOf(name: string, segments: readonly string[], nowMs: number): BlockAccount {
    const known = this.#accounts.get(name);
    if (known !== undefined) return known;
    const account = new BlockAccount(this.#setup.registrationGraceMs);
    account.found(segments, nowMs);
    this.#accounts.set(name, account);
    return account;
  }
}
