// One log through several lives on a faulty disk. The log is opened, compared with a model, written and cleaned while
// the disk fails and fills up, and cut off at an operation drawn from the seed. Everything is a function of the seed.
import { isMillraceError, ManualClock, NoopLogger, SeededRandom } from '@millrace/core';
import { type FaultRates, type FaultTally, FaultyStorage, settle } from '@millrace/testing';
import { FileWriteAheadLog } from '../src/file-write-ahead-log.ts';
import type { FileLogOptions } from '../src/file-write-ahead-log.options.ts';
import { LogModel } from './log-model.ts';

const LIVES_MAX = 5;
const OPENINGS_MAX = 6;
const REFUSALS = ['MR_WAL_FULL', 'MR_WAL_WRITE_FAILED', 'MR_WAL_CLOSED'];

/** The load on a log. */
interface Usage {
  /** The largest number of steps in one life. */
  readonly stepsMax: number;
  readonly operationsMax: number;
  /** The probabilities of a large entry, and of a step that advances time and cleans. */
  readonly largeChance: number;
  readonly cleanChance: number;
  /** The factor of each rate of faults. */
  readonly faults: number;
}

const USUAL: Usage = { stepsMax: 25, operationsMax: 120, largeChance: 0.1, cleanChance: 0, faults: 1 };

/** Segments are filled and cleaned one after the other, so that most segments overwrite a removed one. */
const ROLLING: Usage = {
  stepsMax: 90,
  operationsMax: 400,
  largeChance: 0.6,
  cleanChance: 0.25,
  faults: 0.15,
};

/** Runs one log through its crashes. @throws on the first broken promise. */
export async function crashRun(seed: number, tally: FaultTally): Promise<void> {
  const run = new CrashRun(seed, tally);
  const lives = 2 + run.random.integer(LIVES_MAX - 1);
  for (let life = 0; life < lives; life += 1) await run.live();
  await run.lastCheck();
}

class CrashRun {
  readonly random: SeededRandom;
  #clock = new ManualClock(1_000_000);
  #life = 0;
  readonly #model = new LogModel();
  readonly #usage: Usage;
  readonly #options: Partial<FileLogOptions>;
  readonly #isSparse: boolean;
  readonly #faults: FaultRates;
  #storage: FaultyStorage;
  #thresholdMs = 0;
  readonly #wrong: string[] = [];

  constructor(seed: number, tally: FaultTally) {
    this.random = new SeededRandom(seed);
    const { random } = this;
    const pageBytes = 2 ** (5 + random.integer(6));
    this.#storage = new FaultyStorage({ random, pageBytes, tally });
    this.#usage = this.#isDrawn(0.3) ? ROLLING : USUAL;
    const isRolling = this.#usage === ROLLING;
    this.#faults = this.#drawFaults();
    const sync = isRolling || !this.#isDrawn(0.15);
    this.#options = {
      segmentBytes: 4_096,
      segmentMs: 1 + random.integer(isRolling ? 60_000 : 2_000),
      groupBytes: 4_096 * (1 + random.integer(3)),
      waitingBytes: 32_768,
      sync,
      // Without syncs a loss of power may destroy any part; the remaining entries must still be right.
      onCorrupt: sync ? 'fail' : 'skip',
      closeFileAfterWrite: !isRolling && this.#isDrawn(0.2),
      preallocateBytes: [0, 500, 4_096][random.integer(3)] ?? 0,
    };
    this.#isSparse = this.#isDrawn(0.25);
  }

  /** Opens, compares, works, and ends in a drawn way. */
  async live(): Promise<void> {
    const log = await this.#open();
    if (log === undefined) return;
    await this.#check(log);
    this.#storage.faults = this.#faults;
    const halted = this.#storage.haltAfter(1 + this.random.integer(this.#usage.operationsMax));
    const isClosing = this.#isDrawn(0.2);
    await Promise.race([halted, this.#work(log, isClosing)]);
    // Answers before the end are recorded.
    await settle();
    this.#end();
  }

  /** Without faults, every promised entry is in the log. */
  async lastCheck(): Promise<void> {
    this.#calm();
    const log = await this.#opening();
    await this.#check(log);
    await log.write(this.#model.begin(0, 10).payload, 0);
    await log.close();
    this.#assertNoViolations();
  }

  /** Undefined when this life ended during opening, or soon after. */
  async #open(): Promise<FileWriteAheadLog | undefined> {
    const isShort = this.#isDrawn(0.3);
    const halted = isShort
      ? this.#storage.haltAfter(1 + this.random.integer(20))
      : new Promise<void>(() => undefined);
    const opened = await Promise.race([halted, this.#openSomehow()]);
    if (!isShort) return opened ?? undefined;
    await Promise.race([halted, opened && this.#check(opened)]);
    this.#end();
    return undefined;
  }

  /** Repeats the opening on a failing disk, and at last on a working disk. */
  async #openSomehow(): Promise<FileWriteAheadLog> {
    this.#storage.faults = this.#faults;
    for (let attempt = 1; attempt < OPENINGS_MAX; attempt += 1) {
      const opened = await this.#opening().catch(asFault);
      if (opened !== 'fault') {
        this.#calm();
        return opened;
      }
    }
    this.#calm();
    return this.#opening();
  }

  #opening(): Promise<FileWriteAheadLog> {
    return FileWriteAheadLog.open({
      storage: this.#storage,
      clock: this.#clock,
      random: this.random,
      log: new NoopLogger(),
      root: '/data/wal',
      name: 'log',
      options: this.#options,
      isSparse: this.#isSparse,
    });
  }

  async #check(log: FileWriteAheadLog): Promise<void> {
    const records = [];
    for await (const record of log.readAll()) records.push(record);
    assertNothing(this.#model.recovered(records));
    for (const { handle, payload } of this.#model.handles()) {
      if (!this.#isDrawn(0.3)) continue;
      if (!Buffer.from(await log.read(handle)).equals(payload))
        throw new Error('a handle returns another payload');
    }
  }

  async #work(log: FileWriteAheadLog, isClosing: boolean): Promise<void> {
    const life = this.#life;
    for (let steps = this.random.integer(this.#usage.stepsMax); steps > 0; steps -= 1) {
      await this.#step(log);
      if (life !== this.#life) return;
    }
    this.#storage.capacityBytes = Number.POSITIVE_INFINITY;
    if (!isClosing) return;
    await log.close();
    await settle();
  }

  async #step(log: FileWriteAheadLog): Promise<void> {
    const { random } = this;
    if (this.#isDrawn(this.#usage.cleanChance)) return this.#cleanLater(log);
    const draw = random.integer(13);
    if (draw < 6) for (let writes = 1 + random.integer(6); writes > 0; writes -= 1) this.#write(log);
    else if (draw < 8) await settle();
    else if (draw < 9) await this.#clock.advance(random.integer(3_000));
    else if (draw < 10) this.#clean(log);
    else if (draw < 11) void this.#read(log).catch((error: unknown) => this.#wrong.push(String(error)));
    else if (draw < 12) this.#storage.capacityBytes = random.integer(40_000);
    else this.#storage.capacityBytes = Number.POSITIVE_INFINITY;
    for (let turns = random.integer(10); turns > 0; turns -= 1) await Promise.resolve();
  }

  /** All entries written so far are old by then. */
  async #cleanLater(log: FileWriteAheadLog): Promise<void> {
    const life = this.#life;
    await this.#clock.advance(5_000);
    if (life === this.#life) this.#clean(log);
    await settle();
  }

  #write(log: FileWriteAheadLog): void {
    const sizeBytes = this.random.integer(this.#isDrawn(this.#usage.largeChance) ? 3_000 : 200);
    const timeMs = this.#clock.now() - this.random.integer(1_000);
    const entry = this.#model.begin(timeMs, sizeBytes);
    void log.write(entry.payload, timeMs).then(entry.kept, (error: unknown) => {
      if (isMillraceError(error) && REFUSALS.includes(error.code)) entry.refused();
      else if (!isMillraceError(error, 'MR_WAL_OUTCOME_UNKNOWN')) throw error;
    });
  }

  /** Concurrently with the writing, on a failing disk: a read returns the right payload or none. */
  async #read(log: FileWriteAheadLog): Promise<void> {
    const entries = this.#model.handles();
    const entry = entries[this.random.integer(Math.max(1, entries.length))];
    if (entry === undefined) return;
    const isNeeded = () => this.#model.handles().some(({ handle }) => handle === entry.handle);
    const read = await log.read(entry.handle).catch((error: unknown) => {
      // The entry may have been cleaned up meanwhile.
      return isMillraceError(error, 'MR_WAL_ENTRY_NOT_FOUND') && !isNeeded() ? 'fault' : asFault(error);
    });
    if (read !== 'fault' && !Buffer.from(read).equals(entry.payload))
      this.#wrong.push('a handle returns another payload');
  }

  #clean(log: FileWriteAheadLog): void {
    if (this.#isSparse) this.#discard(log);
    else this.#cleanByTime(log);
  }

  /** Any segments except the newest, which may be in the middle of a write. */
  #discard(log: FileWriteAheadLog): void {
    const segments = log
      .segments()
      .slice(0, -1)
      .filter(() => this.#isDrawn(0.3));
    this.#model.discard(segments);
    void log.discard(segments).catch(asFault);
  }

  #cleanByTime(log: FileWriteAheadLog): void {
    this.#thresholdMs = Math.max(this.#thresholdMs, this.#clock.now() - this.random.integer(4_000));
    this.#model.clean(this.#thresholdMs);
    // A failing disk keeps a segment a little longer.
    void log.clean(this.#thresholdMs).catch(asFault);
  }

  #end(): void {
    this.#life += 1;
    this.#clock = new ManualClock(this.#clock.now());
    const isPowerLost = this.#isDrawn(0.6);
    if (isPowerLost && this.#options.sync === false) this.#model.mayLoseAll();
    this.#assertNoViolations();
    this.#storage = isPowerLost ? this.#storage.crash() : this.#storage.crashProcess();
    this.#storage.capacityBytes = Number.POSITIVE_INFINITY;
  }

  #calm(): void {
    this.#storage.faults = {};
  }

  #assertNoViolations(): void {
    assertNothing([...this.#wrong, ...this.#storage.violations]);
  }

  #isDrawn(chance: number): boolean {
    return this.random.next() < chance;
  }

  /** Complete kinds of faults are disabled in turns, so that rare mixtures occur. */
  #drawFaults(): FaultRates {
    const rate = () => (this.#isDrawn(0.5) ? 0 : this.random.next() * 0.2 * this.#usage.faults);
    return {
      append: rate(),
      sync: rate(),
      open: rate(),
      truncate: rate(),
      syncDirectory: rate(),
      remove: rate(),
      rename: rate(),
      list: rate() / 4,
      stat: rate() / 4,
      read: rate() / 4,
      makeDirectory: rate() / 4,
      lock: rate() / 4,
    };
  }
}

function asFault(error: unknown): 'fault' {
  if (isMillraceError(error) && /^MR_STORAGE_|^MR_WAL_CLOSED/.test(error.code)) return 'fault';
  throw error;
}

function assertNothing(wrong: readonly string[]): void {
  if (wrong.length > 0) throw new Error(wrong.slice(0, 5).join('; '));
}
