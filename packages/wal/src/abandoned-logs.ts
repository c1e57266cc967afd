// Clean-up of the logs of lost executors: a program with fewer executors than before reads the blocks in these logs,
// and no executor would ever clean the logs. The lock of a log shows whether the log is abandoned, because an executor
// holds the lock for its whole life. The lock is taken only for inspecting and removing, so that a returning executor
// finds the lock free.
import { type BatchTime, type Clock, isMillraceError, type Logger, type Storage } from '@millrace/core';
import { BlockAccount } from './block-account.ts';
import type { BlockLog } from './block-log.ts';

/** Collaborators of the clean-up. */
export interface AbandonedLogsDeps {
  readonly storage: Pick<Storage, 'list'>;
  /** The directory in which logs have their folders. */
  readonly root: string;
  /** The name of a block log: this prefix, or the prefix with a dash and a slot. */
  readonly prefix: string;
  /** The caller's own log, which is not abandoned. */
  readonly own: string;
  /** Opens a log, taking its lock. */
  readonly openLog: (name: string) => Promise<BlockLog>;
  readonly clock: Clock;
  readonly log: Logger;
  /** The time limit for registering a stored block, in ms; see ADR 0007. */
  readonly registrationGraceMs: number;
}

/** The period of the search, in milliseconds: abandoned logs stay for a long time anyway. */
const PERIOD_MS = 60_000;

/** Cleans logs without an owner. */
export class AbandonedLogs {
  readonly #deps: AbandonedLogsDeps;
  readonly #accounts = new Map<string, BlockAccount>();
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(deps: AbandonedLogsDeps) {
    this.#deps = deps;
  }

  /**
   * Removes segments that no batch needs, at most once a minute. Never rejects: a failed clean-up is repeated later.
   */
  async cleanup(threshold: BatchTime, registeredUpTo: BatchTime | undefined): Promise<void> {
    const { storage, root, clock, log } = this.#deps;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#lastMs < PERIOD_MS) return;
    this.#lastMs = nowMs;
    try {
      for (const { name, kind } of await storage.list(root)) {
        if (kind !== 'directory' || !this.#mayBeAbandoned(name)) continue;
        await this.#clean(name, { threshold, registeredUpTo, nowMs });
      }
    } catch (error) {
      log.warn('logs of lost executors could not be cleaned', { root, error });
    }
  }

  #mayBeAbandoned(name: string): boolean {
    const { prefix, own } = this.#deps;
    return name !== own && (name === prefix || name.startsWith(`${prefix}-`));
  }

  async #clean(name: string, news: Parameters<BlockAccount['released']>[0]): Promise<void> {
    const blockLog = await this.#openFree(name);
    // An executor has the log open, and the known state may be outdated.
    if (blockLog === undefined) return void this.#accounts.delete(name);
    try {
      const segments = blockLog.segments();
      const account = this.#accountOf(name, segments, news.nowMs);
      const released = new Set(account.released(news));
      // The newest segment stays: the next writer continues from its header.
      const gone = segments.slice(0, -1).filter((segment) => released.has(segment));
      if (gone.length === 0) return;
      await blockLog.discard(gone);
      for (const segment of gone) account.forget(segment);
      this.#deps.log.info('a log of a lost executor was cleaned', {
        walLog: name,
        segments: gone.length,
      });
    } finally {
      await blockLog.close();
    }
  }

  async #openFree(name: string): Promise<BlockLog | undefined> {
    try {
      return await this.#deps.openLog(name);
    } catch (error) {
      if (isMillraceError(error, 'MR_STORAGE_LOCKED')) return undefined;
      throw error;
    }
  }

  #accountOf(name: string, segments: readonly string[], nowMs: number): BlockAccount {
    const known = this.#accounts.get(name);
    if (known !== undefined) return known;
    const account = new BlockAccount(this.#deps.registrationGraceMs);
    account.found(segments, nowMs);
    this.#accounts.set(name, account);
    return account;
  }
}
