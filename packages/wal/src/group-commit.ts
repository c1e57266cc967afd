// The single writer of a log. All waiting entries are written together: one append, one sync, and then every writer is
// notified. During the sync the next group gathers by itself, so no write is delayed to make groups larger.
//
//   write ─► waiting ─► group ─► append ─► sync ─► resolve
//                         │ failed
//                         ├─ cut back, durably ─────────────► reject
//                         └─ begin the next segment, whose header ends the failed one ─► reject
//
// A write is refused only when it is certain that no recovery will return its entry. Until the disk accepts a record of
// this, the failed group waits; every other write is refused at once, because its entry is nowhere. A disk that refuses
// for good (disposition `stop-engine`) ends the wait: the outcome of the group is then unknown, and the engine stops.
import { backOffDelayMs, type Clock, coreError, type LogHandle, type Logger } from '@millrace/core';
import { type DurationQuantiles, engineStopper, RecentDurations } from '@millrace/core/engine';
import type { UnconfirmedWrites } from '@millrace/core/observation';
import type { SegmentCatalog } from './segment-catalog.ts';
import { segmentReference } from './segment-name.ts';
import type { SegmentRoller } from './segment-roller.ts';
import { refusedWrite } from './log-failures.ts';
import { walError } from './wal-errors.ts';
import { type NewEntry, type WaitingWrite, WaitingWrites } from './waiting-writes.ts';

/** Waits between two attempts to end a failed segment: the first, and the longest, in ms. */
const MENDING = { firstMs: 100, maxMs: 5_000 };

/** Turns of the promise queue after which no notified writer is expected to write again. */
const GATHER_TURNS = 4;

/** Collaborators of a `GroupCommit`. */
export interface GroupCommitDeps {
  readonly roller: SegmentRoller;
  readonly catalog: SegmentCatalog;
  readonly clock: Clock;
  readonly log: Logger;
  readonly logName: string;
  readonly groupBytes: number;
  readonly waitingBytes: number;
  readonly closeFileAfterWrite: boolean;
}

/** The number of written entries and bytes. */
export interface WriteCounts {
  readonly records: number;
  readonly bytes: number;
  readonly groups: number;
  readonly failedGroups: number;
}

/** Writes entries in groups. */
export class GroupCommit {
  readonly #deps: GroupCommitDeps;
  readonly #waiting: WaitingWrites;
  readonly #closing = new AbortController();
  readonly #syncs = new RecentDurations();
  /** Monotonic time of the start of the sync under way. */
  #syncedFromMs = 0;
  #counts: WriteCounts = { records: 0, bytes: 0, groups: 0, failedGroups: 0 };
  #run: Promise<void> | undefined;
  #isSyncing = false;
  /** The reason why no write is possible now: a failed segment has no end yet. */
  #refusal: Error | undefined;

  constructor(deps: GroupCommitDeps) {
    this.#deps = deps;
    this.#waiting = new WaitingWrites(deps.waitingBytes);
  }

  get counts(): WriteCounts {
    return this.#counts;
  }

  /** Quantiles of the durations of the newest syncs; undefined without a sync. */
  get syncDurations(): DurationQuantiles | undefined {
    return this.#syncs.quantiles();
  }

  /** The writes without an outcome. */
  get unconfirmed(): UnconfirmedWrites {
    return this.#waiting.unconfirmed(this.#deps.clock.monotonicMs());
  }

  /** Writes an entry; see `WriteAheadLog.write`. */
  write(entry: NewEntry): Promise<LogHandle> {
    try {
      if (this.#closing.signal.aborted) throw closed();
      if (this.#refusal !== undefined) throw this.#refusal;
      const waiting = this.#waiting.add(entry, this.#deps.clock.monotonicMs());
      if (this.#isSyncing) waiting.prepare();
      this.#run ??= this.#work();
      return waiting.outcome.promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Refuses further writes, writes the waiting entries, and seals the log. May be repeated. */
  async close(): Promise<void> {
    this.#closing.abort(closed());
    await this.#run;
    await this.#deps.roller.seal();
  }

  /** Never rejects: every outcome goes to the writers. */
  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gather();
      await this.#commit(this.#waiting.take(this.#deps.groupBytes));
    }
    this.#run = undefined;
  }

  /** Lets writers of the same turn, and notified writers with a next entry, join. Takes no time. */
  async #gather(): Promise<void> {
    for (let before = -1; before < this.#waiting.length && this.#waiting.bytes < this.#deps.groupBytes;) {
      before = this.#waiting.length;
      for (let turn = 0; turn < GATHER_TURNS; turn += 1) await Promise.resolve();
    }
  }

  async #commit(group: readonly WaitingWrite[]): Promise<void> {
    const { roller, catalog, clock, logName, closeFileAfterWrite } = this.#deps;
    try {
      const writer = await roller.forGroup();
      const offsets = await writer.write(group, () => this.#prepareNext());
      if (this.#isSyncing) this.#syncs.add(clock.monotonicMs() - this.#syncedFromMs);
      this.#isSyncing = false;
      catalog.extend(writer.content);
      const segment = segmentReference(logName, writer.content.number);
      for (const [index, entry] of group.entries()) {
        const handle = { segment, offset: offsets[index] ?? 0, length: entry.payloadBytes };
        this.#waiting.resolve(entry, handle);
      }
      this.#count(group);
    } catch (error) {
      this.#isSyncing = false;
      await this.#refuse(group, error);
      return;
    }
    if (closeFileAfterWrite) await roller.finish();
  }

  /** During a sync of the disk, the checksums of waiting and new entries cost no time. */
  #prepareNext(): void {
    this.#isSyncing = true;
    this.#syncedFromMs = this.#deps.clock.monotonicMs();
    this.#waiting.prepare(this.#deps.groupBytes);
  }

  async #refuse(group: readonly WaitingWrite[], cause: unknown): Promise<void> {
    const { roller, log } = this.#deps;
    log.error('a group of entries could not be written', { entries: group.length, error: cause });
    this.#counts = { ...this.#counts, failedGroups: this.#counts.failedGroups + 1 };
    const refusal = refusedWrite(cause);
    const unmended = await roller
      .abandon()
      .then((isCertain) => (isCertain ? undefined : this.#mend(refusal)), refusedWrite);
    this.#waiting.reject(group, unmended === undefined ? refusal : unknownOutcome(unmended));
  }

  /**
   * Begins the next segment, for as long as that takes. An error: the log was closed before, or the disk will never
   * permit a new segment.
   */
  async #mend(refusal: Error): Promise<Error | undefined> {
    const { roller, clock, log } = this.#deps;
    const { signal } = this.#closing;
    this.#refusal = refusal;
    this.#waiting.rejectAll(refusal);
    const isDenied = engineStopper(refusal) !== undefined;
    try {
      for (let retry = 0; ; retry += 1) {
        const delayMs = backOffDelayMs(retry, MENDING);
        try {
          await roller.begin();
          return undefined;
        } catch (error) {
          this.#refusal = refusedWrite(error);
          log.error('the end of a failed segment could not be recorded', { delayMs, error });
        }
        // After a refusal for good, one attempt is enough, whatever became of the attempt.
        if (isDenied) return refusal;
        if (signal.aborted || engineStopper(this.#refusal) !== undefined) return this.#refusal;
        // Rejects when the log is closed: then follows one last attempt.
        await clock.sleepFor(delayMs, signal).catch(() => undefined);
      }
    } finally {
      this.#refusal = undefined;
    }
  }

  #count(group: readonly WaitingWrite[]): void {
    const { records, bytes, groups, failedGroups } = this.#counts;
    const added = group.reduce((sum, { payloadBytes }) => sum + payloadBytes, 0);
    this.#counts = {
      records: records + group.length,
      bytes: bytes + added,
      groups: groups + 1,
      failedGroups,
    };
  }
}

function closed(): Error {
  return coreError('MR_WAL_CLOSED', 'the log is closed and accepts no writes');
}

function unknownOutcome(cause: unknown): Error {
  return walError(
    'MR_WAL_OUTCOME_UNKNOWN',
    'the log was closed, or its disk refused for good, while an entry had failed: whether the next recovery returns the entry is not known',
    { cause },
  );
}
