// A correct write-ahead log of the simplest kind, on a disk that is a list; and the same log with one defect. The kit
// must detect each defect.
import type { LogHandle, LogRecord, WriteAheadLog } from '@millrace/core';
import { coreError } from '@millrace/core';
import type { LogGauges } from '@millrace/core/observation';
import type { WriteAheadLogTarget } from '../src/conformance/write-ahead-log/write-ahead-log-target.ts';

/** A defect of a log. */
export type LogBug =
  | 'acknowledges before appending'
  | 'never syncs'
  | 'keeps refused writes'
  | 'forgets a large waiter'
  | 'fails writes that wait long'
  | 'takes writes after close'
  | 'reads by position of the last life'
  | 'reads without a checksum'
  | 'rounds times'
  | 'recovers in another order'
  | 'recovers a torn entry'
  | 'recovers past damage'
  | 'has handles of one process'
  | 'cleans by the oldest'
  | 'cleans the newest'
  | 'closes at once'
  | 'closes twice'
  | 'opens with a stale entry'
  | 'opens twice'
  | 'stays locked'
  | 'has one log for all names'
  | 'takes writes after a takeover'
  | 'reorders concurrent writes'
  | 'drops entries without room'
  | 'goes on after a failed sync'
  | 'reads any format'
  | 'changes refused directories'
  | 'accepts files of other logs'
  | 'accepts older copies of files'
  | 'counts no errors'
  | 'tells of no waiting writes';

interface Entry {
  /** The file of the entry: each life of a log begins one file. */
  readonly segment: string;
  readonly payload: Buffer;
  readonly timeMs: number;
  readonly offset: number;
  isSynced: boolean;
  isTorn: boolean;
  isDamaged: boolean;
}

interface LogState {
  entries: Entry[];
  isOpen: boolean;
  nextOffset: number;
  /** The number of openings; the newest one has the log. */
  lives: number;
  isOfLaterVersion?: boolean;
  /** The detection, by neighbouring files, of a foreign file. */
  strange?: 'of another log' | 'older';
}

/** A disk and its faults. */
class Place {
  readonly logs = new Map<string, LogState>();
  readonly violations: string[] = [];
  life = 0;
  isFull = false;
  failing: 'append' | 'sync' | undefined;
  gate: Promise<void> | undefined;
  timers: (() => void)[] = [];
  nowMs = 0;
  doubt = false;
  #operations = 0;
  #halt: { at: number; readonly done: PromiseWithResolvers<void> } | undefined;

  haltAfter(operations: number): Promise<void> {
    this.#halt = { at: this.#operations + operations, done: Promise.withResolvers<void>() };
    return this.#halt.done.promise;
  }

  restart(): void {
    this.life += 1;
    this.#halt = undefined;
    this.doubt = false;
  }

  /** Performs one operation of the disk; never settles once the machine has stopped. */
  async perform(life: number, effect: () => void): Promise<void> {
    await this.gate;
    this.#operations += 1;
    if (life !== this.life) await new Promise<never>(() => undefined);
    const isLast = this.#halt !== undefined && this.#operations >= this.#halt.at;
    // An interrupted operation has its effect every second time.
    if (!isLast || this.#operations % 2 === 0) effect();
    if (!isLast) return;
    this.#halt?.done.resolve();
    await new Promise<never>(() => undefined);
  }
}

/**
 * A target with this defect in its log; correct without a defect.
 *
 * @param takesOver True: a log that is open elsewhere is taken over. False: such a log is refused.
 */
export function modelLog(bug?: LogBug, takesOver = false): WriteAheadLogTarget {
  const place = new Place();
  const stateOf = (name: string): LogState => {
    const key = bug === 'has one log for all names' ? 'all' : name;
    const state = place.logs.get(key) ?? { entries: [], isOpen: false, nextOffset: 0, lives: 0 };
    place.logs.set(key, state);
    return state;
  };
  const forEach = (change: (state: LogState) => void) => [...place.logs.values()].forEach(change);
  const unlock = () => {
    place.restart();
    if (bug === 'stays locked') return;
    forEach((state) => {
      state.isOpen = false;
    });
  };
  return {
    createFactory: () => ({
      open: async (name) => {
        const state = stateOf(name);
        const sharesLock = takesOver || bug === 'opens twice' || bug === 'has one log for all names';
        if (state.isOpen && !sharesLock) throw coreError('MR_STORAGE_LOCKED', `log ${name} is open`);
        if (state.isOfLaterVersion === true && bug !== 'reads any format') {
          if (bug === 'changes refused directories') state.entries.pop();
          throw coreError('MR_STORAGE_FAILED', 'the format is not known');
        }
        state.isOpen = true;
        state.lives += 1;
        return new ModelLog({ place, state, name, bug });
      },
    }),
    crashProcess: unlock,
    crashMachine: () => {
      unlock();
      forEach((state) => {
        state.entries = state.entries.filter(({ isSynced }) => isSynced);
      });
    },
    haltAfter: (operations) => place.haltAfter(operations),
    setFull: (isFull) => {
      place.isFull = isFull;
    },
    fail: (operation) => {
      place.failing = operation;
    },
    damage: ({ offset }) =>
      forEach((state) => {
        const entry = state.entries.find((one) => one.offset === offset);
        if (entry !== undefined) entry.isDamaged = true;
      }),
    raiseFormat: (name) => {
      stateOf(name).isOfLaterVersion = true;
    },
    contents: () => structuredClone([...place.logs]),
    copyFile: ({ segment: from }) => {
      const copy = inFile(stateOf(logOf(from)), from).map((entry) => ({ ...entry }));
      return ({ segment: to }) => {
        const state = stateOf(logOf(to));
        const replaced = inFile(state, to);
        state.entries.splice(state.entries.indexOf(replaced[0] as Entry), replaced.length, ...copy);
        if (logOf(from) !== logOf(to)) state.strange = 'of another log';
        else if (copy.length < replaced.length) state.strange = 'older';
      };
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      place.gate = promise;
      return () => {
        place.gate = undefined;
        resolve();
      };
    },
    advance: async (ms) => {
      place.nowMs += ms;
      for (const timer of place.timers.splice(0)) timer();
      await Promise.resolve();
    },
    violations: () => place.violations,
  };
}

function logOf(segment: string): string {
  return segment.slice(0, segment.indexOf('/'));
}

function inFile({ entries }: LogState, file: string): readonly Entry[] {
  return entries.filter(({ segment }) => segment === file);
}

interface ModelLogDeps {
  readonly place: Place;
  readonly state: LogState;
  readonly name: string;
  readonly bug: LogBug | undefined;
}

class ModelLog implements WriteAheadLog {
  readonly #deps: ModelLogDeps;
  readonly #life: number;
  readonly #opening: number;
  #tail: Promise<unknown> = Promise.resolve();
  readonly #waiting = new Set<{ readonly bytes: number; readonly sinceMs: number }>();
  #written = 0;
  #isClosed = false;
  #errors = 0;

  constructor(deps: ModelLogDeps) {
    this.#deps = deps;
    this.#life = deps.place.life;
    const { state, bug } = deps;
    this.#opening = state.lives;
    if (bug === 'opens with a stale entry' && state.entries.length === 0)
      this.#entry(Buffer.from('stale'), 0);
  }

  async write(payload: Uint8Array, timeMs: number): Promise<LogHandle> {
    const waiting = { bytes: payload.byteLength, sinceMs: this.#deps.place.nowMs };
    this.#waiting.add(waiting);
    return await this.#write(payload, timeMs).finally(() => this.#waiting.delete(waiting));
  }

  async #write(payload: Uint8Array, timeMs: number): Promise<LogHandle> {
    const { bug, place } = this.#deps;
    if (this.#isClosed && bug !== 'takes writes after close') throw coreError('MR_WAL_CLOSED', 'closed');
    this.#written += 1;
    if (bug === 'forgets a large waiter' && payload.byteLength > 100_000 && this.#written > 1)
      return await new Promise(() => undefined);
    const bytes = Buffer.from(payload);
    const before = bug === 'reorders concurrent writes' && this.#written % 3 === 0;
    const writing = before ? this.#append(bytes, timeMs) : this.#tail.then(() => this.#append(bytes, timeMs));
    this.#tail = Promise.allSettled([this.#tail, writing]);
    if (bug !== 'fails writes that wait long') return await writing;
    const late = Promise.withResolvers<never>();
    place.timers.push(() => late.reject(coreError('MR_STORAGE_FAILED', 'took too long')));
    return await Promise.race([writing, late.promise]);
  }

  async read(handle: LogHandle): Promise<Uint8Array> {
    const { bug } = this.#deps;
    const { entries } = this.#deps.state;
    const at = bug === 'reads by position of the last life' ? handle.length - 1 : handle.offset;
    const entry = entries.find(({ offset }) => offset === at);
    if (entry === undefined) throw coreError('MR_WAL_CORRUPT_RECORD', 'there is no such entry');
    return this.#checked(entry);
  }

  async *readAll(): AsyncGenerator<LogRecord> {
    const { bug, state } = this.#deps;
    const trusts = {
      'of another log': 'accepts files of other logs',
      older: 'accepts older copies of files',
    };
    if (state.strange !== undefined && bug !== trusts[state.strange])
      throw coreError('MR_WAL_CORRUPT_RECORD', `there is a file ${state.strange}`);
    const entries = bug === 'recovers in another order' ? state.entries.toReversed() : [...state.entries];
    for (const entry of entries) {
      if (entry.isTorn && bug !== 'recovers a torn entry') continue;
      if (entry.isDamaged && bug === 'recovers past damage') continue;
      const payload = entry.isTorn ? entry.payload.subarray(1) : this.#checked(entry);
      const timeMs = bug === 'rounds times' ? Math.round(entry.timeMs) : entry.timeMs;
      yield { payload, timeMs, handle: this.#handle(entry) };
    }
  }

  async clean(thresholdMs: number): Promise<void> {
    const { state, bug } = this.#deps;
    const stays = ({ timeMs }: Entry) => timeMs >= thresholdMs;
    if (bug === 'cleans the newest') state.entries = state.entries.filter((entry) => entry.timeMs < 0);
    else if (bug === 'cleans by the oldest' && !state.entries.slice(0, 1).every(stays))
      state.entries = state.entries.slice(-1);
    else state.entries = state.entries.filter((entry) => stays(entry) || entry === state.entries.at(-1));
  }

  gauges(): LogGauges {
    const { entries } = this.#deps.state;
    const sizeBytes = entries.reduce((sum, { payload }) => sum + payload.byteLength, 0);
    const { bug, place } = this.#deps;
    const waiting = [...this.#waiting];
    const isTold = bug !== 'tells of no waiting writes';
    const unconfirmed = {
      entries: isTold ? waiting.length : 0,
      bytes: waiting.reduce((sum, { bytes }) => sum + bytes, 0),
      oldestMs: waiting.reduce((most, { sinceMs }) => Math.max(most, place.nowMs - sinceMs), 0),
    };
    return { sizeBytes, segments: entries.length, syncs: this.#written, errors: this.#errors, unconfirmed };
  }

  async close(): Promise<void> {
    const { bug, state, place } = this.#deps;
    if (this.#isClosed && bug !== 'closes twice') return void (await this.#tail);
    this.#isClosed = true;
    if (bug !== 'closes at once') await this.#tail;
    const isNewest = this.#opening === state.lives || bug === 'closes twice';
    if (this.#life === place.life && isNewest) state.isOpen = false;
  }

  async #append(payload: Buffer, timeMs: number): Promise<LogHandle> {
    const { place, bug } = this.#deps;
    this.#assertNotFenced();
    const drops = bug === 'drops entries without room';
    if (place.isFull && !drops) throw coreError('MR_WAL_FULL', 'no room');
    const entry = this.#entry(payload, timeMs);
    if (place.isFull) this.#drop(entry);
    entry.isTorn = true;
    const writing = place.perform(this.#life, () => {
      if (place.doubt) place.violations.push('append after a failed sync');
      this.#failIf('append', entry);
      this.#assertNotFenced(entry);
      entry.isTorn = false;
    });
    if (bug === 'acknowledges before appending') {
      writing.catch(() => undefined);
      this.#drop(entry);
      return this.#handle(entry);
    }
    await writing;
    if (bug === 'never syncs') return this.#handle(entry);
    await place.perform(this.#life, () => {
      this.#failIf('sync', entry);
      entry.isSynced = true;
    });
    return this.#handle(entry);
  }

  /** @throws `MR_WAL_FENCED`, after dropping the entry that is under way. */
  #assertNotFenced(entry?: Entry): void {
    const { state, bug } = this.#deps;
    if (this.#opening === state.lives || bug === 'takes writes after a takeover') return;
    if (entry !== undefined) this.#drop(entry);
    throw coreError('MR_WAL_FENCED', 'the log was taken over');
  }

  #failIf(operation: 'append' | 'sync', entry: Entry): void {
    const { place, bug } = this.#deps;
    if (place.failing !== operation) return;
    if (bug !== 'counts no errors') this.#errors += 1;
    if (operation === 'sync') place.doubt = bug === 'goes on after a failed sync';
    if (bug === 'keeps refused writes') entry.isTorn = false;
    else this.#drop(entry);
    throw coreError('MR_STORAGE_FAILED', `${operation} failed`);
  }

  #entry(payload: Buffer, timeMs: number): Entry {
    const { state, name } = this.#deps;
    const entry = {
      segment: `${name}/${state.lives}`,
      payload,
      timeMs,
      offset: state.nextOffset,
      isSynced: false,
      isTorn: false,
      isDamaged: false,
    };
    state.nextOffset += 1;
    state.entries.push(entry);
    return entry;
  }

  #drop(entry: Entry): void {
    const { state } = this.#deps;
    state.entries = state.entries.filter((one) => one !== entry);
  }

  #checked(entry: Entry): Uint8Array {
    const { bug } = this.#deps;
    if (!entry.isDamaged) return Buffer.from(entry.payload);
    if (bug === 'reads without a checksum') return Buffer.from('garbage');
    const details = { segment: entry.segment, offset: entry.offset };
    throw coreError('MR_WAL_CORRUPT_RECORD', 'the checksum does not hold', { details });
  }

  #handle({ segment, offset, payload }: Entry): LogHandle {
    const { bug } = this.#deps;
    const handle = { segment, offset, length: payload.byteLength };
    return bug === 'has handles of one process' ? Object.assign(handle, { owner: () => this }) : handle;
  }
}
