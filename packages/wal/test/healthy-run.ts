// One log on a working disk, under any operations in any order; after every step the log is compared with a list in
// memory. The log's own decisions are predicted: the place of an entry, the size and age of a full segment, the
// segments that a clean-up may and must remove. Everything is a function of the seed.
import { type LogHandle, ManualClock, NoopLogger, SeededRandom } from '@millrace/core';
import { MemoryStorage } from '@millrace/testing';
import { type FileLogOptions } from '../src/file-write-ahead-log.options.ts';
import { FileWriteAheadLog } from '../src/file-write-ahead-log.ts';
import { codeOf, recordsOf } from './open-log.ts';

const STEPS_MAX = 40;
const HEAD_BYTES = 28;
const HEADER_BYTES = 64;

/** An entry of the list. */
interface ListedEntry {
  readonly payload: Uint8Array;
  readonly timeMs: number;
  readonly handle: LogHandle;
}

/** Runs one log through random steps. @throws on the first difference from the list. */
export async function healthyRun(seed: number): Promise<void> {
  const run = new HealthyRun(seed);
  await run.open();
  for (let steps = 1 + run.random.integer(STEPS_MAX); steps > 0; steps -= 1) await run.step();
  await run.reopen();
  await run.compareAll();
}

class HealthyRun {
  readonly random: SeededRandom;
  readonly #storage = new MemoryStorage();
  readonly #clock = new ManualClock(1_000);
  readonly #isSparse: boolean;
  #options: FileLogOptions;
  #log!: FileWriteAheadLog;
  #list: readonly ListedEntry[] = [];
  /** Handles of entries that were cleaned up. */
  #gone: readonly LogHandle[] = [];
  #written = 0;
  /** The segment that is continued, with its begin; undefined: the next entry begins a segment. */
  #current: { readonly segment: string; readonly endBytes: number; readonly begunMs: number } | undefined;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.#isSparse = this.#isDrawn(0.3);
    this.#options = this.#drawOptions();
  }

  async open(): Promise<void> {
    this.#log = await FileWriteAheadLog.open({
      storage: this.#storage,
      clock: this.#clock,
      random: this.random,
      log: new NoopLogger(),
      root: '/wal',
      name: 'log',
      options: this.#options,
      isSparse: this.#isSparse,
    });
    this.#current = undefined;
  }

  async step(): Promise<void> {
    const steps = [
      () => this.#write(1),
      () => this.#write(1),
      () => this.#write(2 + this.random.integer(30)),
      () => this.#read(),
      () => this.#readGone(),
      () => this.compareAll(),
      () => this.#readSome(),
      () => this.#clean(),
      () => this.#discard(),
      () => this.#clock.advance(this.random.integer(1_500)),
      () => this.reopen(),
      () => this.#everythingAtOnce(),
    ];
    await steps[this.random.integer(steps.length)]?.();
    this.#assert(this.#log.statistics().segments === this.#log.segments().length, 'segments are miscounted');
  }

  /** Reopens after a stop in order or after the death of the process; with other options, as in a new release. */
  async reopen(): Promise<void> {
    if (this.#isDrawn(0.6)) {
      await Promise.all([this.#log.close(), this.#log.close()]);
      const refused = await codeOf(this.#log.write(Buffer.from('late'), 0));
      this.#assert(refused === 'MR_WAL_CLOSED', `a write after closing: ${refused}`);
    }
    this.#storage.releaseLocks();
    if (this.#isDrawn(0.5)) this.#options = this.#drawOptions();
    await this.open();
    await this.compareAll();
  }

  /** Every entry in the log, in order, and no other entry (WAL-2). */
  async compareAll(): Promise<void> {
    const records = await recordsOf(this.#log);
    this.#assert(records.length === this.#list.length, `${records.length} of ${this.#list.length} entries`);
    for (const [index, entry] of this.#list.entries()) this.#assertSame(entry, records[index]);
  }

  /** Writes of one turn share groups; each entry begins at the end of its predecessor, or begins a segment. */
  async #write(count: number): Promise<void> {
    const entries = Array.from({ length: count }, () => this.#newEntry());
    const isFitting = this.#fitting(entries);
    const results = await Promise.allSettled(entries.map((entry) => this.#begin(entry)));
    let isFirst = true;
    for (const [index, entry] of entries.entries()) {
      const result = results[index];
      const isKept = result?.status === 'fulfilled';
      this.#assert(isKept === isFitting[index], `write ${index} of ${count} ended as ${result?.status}`);
      if (!isKept) continue;
      this.#placed({ ...entry, handle: result.value }, !isFirst);
      isFirst = false;
    }
  }

  /** The writes of one turn that find room to wait. The first write is never refused. */
  #fitting(entries: readonly { readonly payload: Uint8Array }[]): readonly boolean[] {
    let bytes = 0;
    return entries.map(({ payload }) => {
      const more = HEAD_BYTES + payload.byteLength;
      if (bytes > 0 && bytes + more > this.#options.waitingBytes) return false;
      bytes += more;
      return true;
    });
  }

  #begin({ payload, timeMs }: Omit<ListedEntry, 'handle'>): Promise<LogHandle> {
    if (this.#isDrawn(0.5)) return this.#log.write(payload, timeMs);
    const cut = this.random.integer(payload.byteLength + 1);
    return this.#log.writeParts([payload.subarray(0, cut), payload.subarray(cut)], timeMs);
  }

  /**
   * @param mayShare True when the entry may share a group with its predecessor; then no segment is begun between the
   *   two.
   */
  #placed(entry: ListedEntry, mayShare: boolean): void {
    const { segment, offset, length } = entry.handle;
    this.#assert(length === entry.payload.byteLength, 'a handle has another length');
    const before = this.#current;
    const isContinued = before?.segment === segment;
    const isDue = before === undefined || this.#isDue(before);
    if (!mayShare)
      this.#assert(isContinued === !isDue, `an entry ${isContinued ? 'continues' : 'begins'} a segment`);
    // A group being written is never split, so a segment ends only when its end is due.
    if (!isContinued) this.#assert(isDue, 'a segment is begun before it is due');
    this.#assert(
      offset === (isContinued ? before.endBytes : HEADER_BYTES),
      'an entry does not begin at the end of its predecessor',
    );
    this.#current = {
      segment,
      endBytes: offset + HEAD_BYTES + length,
      begunMs: isContinued ? before.begunMs : this.#clock.monotonicMs(),
    };
    this.#list = [...this.#list, entry];
  }

  #isDue({ endBytes, begunMs }: { readonly endBytes: number; readonly begunMs: number }): boolean {
    const { segmentBytes, segmentMs, closeFileAfterWrite } = this.#options;
    const isOld = this.#clock.monotonicMs() - begunMs >= segmentMs;
    return closeFileAfterWrite || isOld || endBytes >= segmentBytes;
  }

  async #read(): Promise<void> {
    const entry = this.#list[this.random.integer(Math.max(1, this.#list.length))];
    if (entry === undefined) return;
    const read = await this.#log.read(structuredClone(entry.handle));
    this.#assert(Buffer.from(read).equals(entry.payload), 'a handle returns another payload');
  }

  async #readGone(): Promise<void> {
    const handle = this.#gone[this.random.integer(Math.max(1, this.#gone.length))];
    if (handle === undefined) return;
    const code = await codeOf(this.#log.read(handle));
    this.#assert(code === 'MR_WAL_ENTRY_NOT_FOUND', `a handle of a cleaned entry: ${code}`);
  }

  /** A reader that ends early leaves nothing behind. */
  async #readSome(): Promise<void> {
    let left = this.random.integer(5);
    let index = 0;
    for await (const record of this.#log.readAll()) {
      this.#assertSame(this.#list[index], record);
      index += 1;
      if (left === 0) break;
      left -= 1;
    }
  }

  async #clean(): Promise<void> {
    // Often exactly the time of an entry, which is then still needed.
    const drawn = this.#list[this.random.integer(Math.max(1, this.#list.length))];
    const thresholdMs = this.#isDrawn(0.5) ? (drawn?.timeMs ?? 0) : this.#drawTime();
    const before = this.#log.segments();
    await this.#log.clean(thresholdMs);
    const isOver = (segment: string) => this.#in(segment).every(({ timeMs }) => timeMs < thresholdMs);
    this.#removed(before, isOver);
    if (this.#isSparse) return;
    const kept = this.#log.segments();
    this.#assert(
      before.slice(-kept.length).join() === kept.join(),
      'the removed segments are not the oldest',
    );
    this.#assert(kept.length <= 1 || !isOver(kept[0] ?? ''), 'a clean-up left segments that are not needed');
  }

  async #discard(): Promise<void> {
    const before = this.#log.segments();
    const drawn = new Set(before.filter(() => this.#isDrawn(0.4)));
    if (this.#isSparse) {
      await this.#log.discard([...drawn, 'other/segment-000000000001.wal', 'log/none']);
      this.#removed(before, (segment) => drawn.has(segment));
    } else {
      const code = await codeOf(this.#log.discard([...drawn]));
      this.#assert(code?.includes('not sparse') === true, `discard of an ordered log: ${code}`);
    }
  }

  /** Readers, writers and a clean-up without effect, all concurrent. */
  async #everythingAtOnce(): Promise<void> {
    await Promise.all([
      this.#write(1 + this.random.integer(10)),
      this.#read(),
      this.#log.clean(Number.NEGATIVE_INFINITY),
      this.#readSome(),
      this.#read(),
    ]);
  }

  /** Applies a clean-up's removals to the list. The newest segment always stays. */
  #removed(before: readonly string[], mayGo: (segment: string) => boolean): void {
    const there = new Set(this.#log.segments());
    for (const segment of before.filter((each) => !there.has(each))) {
      this.#assert(mayGo(segment), `${segment} was removed`);
      this.#gone = [...this.#gone, ...this.#in(segment).map(({ handle }) => handle)];
    }
    this.#assert(there.has(before.at(-1) ?? '') || before.length === 0, 'the newest segment was removed');
    this.#list = this.#list.filter(({ handle }) => there.has(handle.segment));
  }

  #in(segment: string): readonly ListedEntry[] {
    return this.#list.filter(({ handle }) => handle.segment === segment);
  }

  #newEntry(): Omit<ListedEntry, 'handle'> {
    const sizeBytes = this.random.integer(this.#isDrawn(0.1) ? 6_000 : 300);
    const payload = new Uint8Array(sizeBytes);
    for (let at = 0; at < sizeBytes; at += 1) payload[at] = (this.#written * 31 + at * 7) & 0xff;
    this.#written += 1;
    return { payload, timeMs: this.#drawTime() };
  }

  /** Times of a driver mostly rise; any times are permitted. */
  #drawTime(): number {
    const timeMs = this.#clock.now() + this.random.integer(2_000) - 1_000;
    return this.#isDrawn(0.1) ? -timeMs / 3 : timeMs;
  }

  #drawOptions(): FileLogOptions {
    return {
      segmentBytes: 4_096 * (1 + this.random.integer(4)),
      segmentMs: 1 + this.random.integer(3_000),
      groupBytes: 4_096 * (1 + this.random.integer(4)),
      waitingBytes: 4_096 * (1 + this.random.integer(8)),
      sync: this.#isDrawn(0.8),
      onCorrupt: this.#isDrawn(0.8) ? 'fail' : 'skip',
      closeFileAfterWrite: this.#isDrawn(0.2),
      preallocateBytes: [0, 500, 4_096][this.random.integer(3)] ?? 0,
    };
  }

  #assertSame(entry: ListedEntry | undefined, record: ListedEntry | undefined): void {
    const isSame =
      entry !== undefined &&
      record !== undefined &&
      entry.timeMs === record.timeMs &&
      JSON.stringify(entry.handle) === JSON.stringify(record.handle) &&
      Buffer.from(record.payload).equals(entry.payload);
    this.#assert(isSame, 'an entry differs from the written one');
  }

  #isDrawn(chance: number): boolean {
    return this.random.next() < chance;
  }

  #assert(claim: boolean, otherwise: string): asserts claim {
    if (!claim) throw new Error(otherwise);
  }
}
