// One log whose files are damaged from outside: bits flip, ranges become zeros or random bytes, files lose their end,
// vanish, or swap places. A comparison of the files before and after gives the permitted losses. Undamaged entries must
// return, damaged entries must be reported, and no entry may ever be misread (WAL-2).
import { isMillraceError, type LogHandle, ManualClock, NoopLogger, SeededRandom } from '@millrace/core';
import { FaultyStorage } from '@millrace/testing';
import type { FileLogOptions } from '../src/file-write-ahead-log.options.ts';
import { FileWriteAheadLog } from '../src/file-write-ahead-log.ts';
import { FRAME_BYTES, HEADER_BYTES, readFrame } from '../src/log-format.ts';
import { recordsOf } from './open-log.ts';

/** The kinds of damage. */
export const DAMAGES = [
  'flipped bits',
  'zeros',
  'rubbish',
  'shorter',
  'longer',
  'removed',
  'of another log',
  'of another number',
] as const;

/** One kind of damage. */
export type Damage = (typeof DAMAGES)[number];

/** The outcome of a run, for statistics over many runs. */
export interface DamageOutcome {
  readonly damage: Damage;
  /** True when opening the log for recovery was refused. */
  readonly isReported: boolean;
  /** True when all entries returned. */
  readonly isWhole: boolean;
}

interface Entry {
  readonly payload: Uint8Array;
  readonly handle: LogHandle;
  /** The offset of the group's first frame. */
  readonly groupOffset: number;
}

type Files = Map<string, Uint8Array>;

/** Damages one log. @throws on the first broken promise. */
export async function damageRun(seed: number): Promise<DamageOutcome> {
  return new DamageRun(seed).live();
}

class DamageRun {
  readonly #random: SeededRandom;
  readonly #entries: Entry[] = [];
  #storage: FaultyStorage;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    this.#storage = new FaultyStorage({ random: this.#random });
  }

  async live(): Promise<DamageOutcome> {
    await this.#write('other', []);
    await this.#write('log', this.#entries);
    const before = await this.#files('log');
    const damage = DAMAGES[this.#random.integer(DAMAGES.length)] ?? 'zeros';
    const after = new Map(before);
    this.#inflict(damage, after, await this.#files('other'));
    await this.#put(after);
    const mayBeLost = this.#losses(before, after, damage);
    const isReported = await this.#recoverOrRefuse(mayBeLost);
    return { damage, isReported, isWhole: await this.#recoverTheRest(mayBeLost) };
  }

  /** With `onCorrupt: 'fail'`: all entries except a torn tail return, or an error names the damaged place. */
  async #recoverOrRefuse({ torn, damaged, isDamaged }: Losses): Promise<boolean> {
    for (const attempt of ['first', 'second'] as const) {
      const log = await this.#open('log', 'fail');
      const found = await recordsOf(log).catch((error: unknown) => {
        if (!isMillraceError(error, 'MR_WAL_CORRUPT_RECORD')) throw error;
        return 'reported' as const;
      });
      await this.#assertHandles(log, torn, damaged);
      await log.close();
      if (found === 'reported' && !isDamaged)
        throw new Error(`damage was reported, and there is none (${attempt})`);
      if (found !== 'reported') this.#assertIn(found, new Set(torn));
      if (attempt === 'second') return found === 'reported';
    }
    throw new Error('not reached');
  }

  /** With `onCorrupt: 'skip'`: all undamaged entries return, and the log continues. */
  async #recoverTheRest({ torn, damaged }: Losses): Promise<boolean> {
    const lost = new Set([...torn, ...damaged]);
    const log = await this.#open('log', 'skip');
    const found = await recordsOf(log);
    this.#assertIn(found, lost);
    await log.write(Buffer.from('later'), 1);
    await log.close();
    const again = await this.#open('log', 'skip');
    const later = await recordsOf(again);
    await again.close();
    if (Buffer.from(later.at(-1)?.payload ?? '').toString() !== 'later')
      throw new Error('the log did not continue');
    if (later.length !== found.length + 1) throw new Error('entries found once are not found again');
    return found.length === this.#entries.length;
  }

  /** The entries read are the entries written, in order, and no required entry is missing. */
  #assertIn(found: readonly Pick<Entry, 'payload' | 'handle'>[], mayLack: ReadonlySet<Entry>): void {
    let index = 0;
    for (const { payload, handle } of found) {
      while (index < this.#entries.length && !isAt(this.#entries[index], handle)) {
        const lacking = this.#entries[index];
        if (lacking !== undefined && !mayLack.has(lacking)) throw new Error(`entry ${index} is not there`);
        index += 1;
      }
      const entry = this.#entries[index];
      if (entry === undefined || !Buffer.from(payload).equals(entry.payload))
        throw new Error('misread (WAL-2)');
      index += 1;
    }
    const rest = this.#entries.slice(index).filter((entry) => !mayLack.has(entry));
    if (rest.length > 0) throw new Error(`${rest.length} entries at the end are not there`);
  }

  /** By handle: undamaged entries are read, damaged entries are refused. */
  async #assertHandles(
    log: FileWriteAheadLog,
    torn: readonly Entry[],
    damaged: readonly Entry[],
  ): Promise<void> {
    const lost = new Set([...torn, ...damaged]);
    for (const entry of this.#entries) {
      const read = await log.read(entry.handle).catch((error: unknown) => {
        if (isMillraceError(error) && /^MR_WAL_(CORRUPT_RECORD|ENTRY_NOT_FOUND)$/.test(error.code))
          return undefined;
        throw error;
      });
      if (read === undefined && !lost.has(entry))
        throw new Error('a handle of a whole entry returns nothing');
      if (read !== undefined && !Buffer.from(read).equals(entry.payload))
        throw new Error('misread by handle');
    }
  }

  /** A few lives of a working log. */
  async #write(name: string, entries: Entry[]): Promise<void> {
    for (let lives = 1 + this.#random.integer(3); lives > 0; lives -= 1) {
      const log = await this.#open(name, 'fail');
      for (let groups = 1 + this.#random.integer(12); groups > 0; groups -= 1)
        await this.#writeGroup(log, entries);
      if (this.#random.integer(2) === 0) await log.close();
      this.#storage = this.#storage.crash();
    }
  }

  async #writeGroup(log: FileWriteAheadLog, entries: Entry[]): Promise<void> {
    const payloads = Array.from({ length: 1 + this.#random.integer(5) }, () => this.#newPayload());
    const handles = await Promise.all(payloads.map((payload, index) => log.write(payload, index)));
    const groupOffset = handles[0]?.offset ?? 0;
    for (const [index, handle] of handles.entries()) {
      entries.push({ payload: payloads[index] ?? new Uint8Array(0), handle, groupOffset });
    }
  }

  /** Different everywhere, and sometimes the bytes of a log: such bytes must never pass for a log's frames. */
  #newPayload(): Uint8Array {
    const payload = new Uint8Array(this.#random.integer(300));
    for (let at = 0; at < payload.length; at += 1) payload[at] = this.#random.integer(256);
    const earlier = this.#entries.at(-1);
    if (earlier === undefined || this.#random.integer(5) > 0) return payload;
    const file = this.#storage.readFile(`/wal/${earlier.handle.segment}`);
    return file.slice(earlier.handle.offset, earlier.handle.offset + 300);
  }

  #open(name: string, onCorrupt: FileLogOptions['onCorrupt']): Promise<FileWriteAheadLog> {
    return FileWriteAheadLog.open({
      storage: this.#storage,
      clock: new ManualClock(),
      random: this.#random,
      log: new NoopLogger(),
      root: '/wal',
      name,
      options: { segmentBytes: 4_096, onCorrupt, preallocateBytes: [0, 500][this.#random.integer(2)] ?? 0 },
    });
  }

  #inflict(damage: Damage, files: Files, others: Files): void {
    const names = [...files.keys()].toSorted();
    const name = names[this.#random.integer(names.length)] ?? '';
    const bytes = files.get(name) ?? new Uint8Array(0);
    const [from, end] = this.#range(bytes.length);
    switch (damage) {
      case 'flipped bits':
        for (let flips = 1 + this.#random.integer(3); flips > 0; flips -= 1)
          files.set(name, this.#flipped(files.get(name)));
        return;
      case 'zeros':
        files.set(name, bytes.slice().fill(0, from, end));
        return;
      case 'rubbish':
        files.set(
          name,
          bytes.map((byte, at) => (at >= from && at < end ? this.#random.integer(256) : byte)),
        );
        return;
      case 'shorter':
        files.set(name, bytes.slice(0, from));
        return;
      case 'longer':
        files.set(name, Buffer.concat([bytes, bytes.subarray(from, end)]));
        return;
      case 'removed':
        // The loss of the oldest or the newest segment is undetectable: a clean-up or a fresh log looks the same.
        if (name !== names[0] && name !== names.at(-1)) files.delete(name);
        return;
      case 'of another log': {
        // A log of one segment that is replaced is another log.
        const other = others.get(name);
        if (other !== undefined && names.length > 1) files.set(name, other);
        return;
      }
      case 'of another number':
        files.set(name, files.get(names[this.#random.integer(names.length)] ?? '') ?? bytes);
    }
  }

  #flipped(bytes: Uint8Array = new Uint8Array(1)): Uint8Array {
    const at = this.#random.integer(bytes.length);
    const flipped = bytes.slice();
    flipped[at] = (flipped[at] ?? 0) ^ (1 << this.#random.integer(8));
    return flipped;
  }

  #range(length: number): readonly [number, number] {
    const from = this.#random.integer(length);
    return [from, from + 1 + this.#random.integer(Math.min(length - from, 600))];
  }

  async #files(name: string): Promise<Files> {
    const files: Files = new Map();
    for (const entry of await this.#storage.list(`/wal/${name}`)) {
      if (entry.name.endsWith('.wal'))
        files.set(entry.name, this.#storage.readFile(`/wal/${name}/${entry.name}`));
    }
    return files;
  }

  async #put(files: Files): Promise<void> {
    for (const { name } of await this.#storage.list('/wal/log'))
      await this.#storage.remove(`/wal/log/${name}`);
    for (const [name, bytes] of files) this.#storage.writeFile(`/wal/log/${name}`, bytes);
    await this.#storage.syncDirectory('/wal/log');
  }

  /** The permitted losses, by comparing the files before and after. */
  #losses(before: Files, after: Files, damage: Damage): Losses {
    const names = [...before.keys()].toSorted();
    const isWhole = (name: string, from: number, end: number) =>
      Buffer.from(before.get(name)?.subarray(from, end) ?? '').equals(
        after.get(name)?.subarray(from, end) ?? Buffer.alloc(1),
      );
    const isHeaderWhole = (name: string) => isWhole(name, 0, HEADER_BYTES);
    const damaged: Entry[] = [];
    const torn: Entry[] = [];
    let isDamaged = names.some((name) => !isHeaderWhole(name));
    for (const [index, name] of names.entries()) {
      const entries = this.#entries.filter(({ handle }) => handle.segment === `log/${name}`);
      const next = names[index + 1];
      const isTold = next === undefined ? hasSeal(after.get(name)) : isHeaderWhole(next);
      const isHit = ({ handle: { offset, length } }: Entry) =>
        !isHeaderWhole(name) || !isWhole(name, offset, offset + FRAME_BYTES + length);
      const hit = entries.filter(isHit);
      const tornHere = isTold ? [] : tornTail(entries, new Set(hit));
      // A newest segment no longer than its header looks like a segment whose creation was never finished.
      if (next === undefined && (after.get(name)?.length ?? 0) <= HEADER_BYTES) torn.push(...entries);
      else if (isHeaderWhole(name)) torn.push(...tornHere);
      const tornSet = new Set(torn);
      damaged.push(...hit.filter((entry) => !tornSet.has(entry)));
    }
    // Of two neighbours that do not match, both may count as damaged.
    const isSwapped = damage === 'of another log' && isDamaged;
    if (isSwapped) damaged.push(...this.#besides(names, isHeaderWhole));
    isDamaged ||= damaged.length > 0;
    return { torn, damaged, isDamaged };
  }

  #besides(names: readonly string[], isHeaderWhole: (name: string) => boolean): readonly Entry[] {
    const at = names.findIndex((name) => !isHeaderWhole(name));
    const neighbours = new Set([names[at - 1], names[at + 1]].map((name) => `log/${name}`));
    return this.#entries.filter(({ handle }) => neighbours.has(handle.segment));
  }
}

interface Losses {
  /** Entries at the end of a segment without a recorded end: a loss is permitted and undetectable. */
  readonly torn: readonly Entry[];
  /** Entries whose loss is permitted and reported. */
  readonly damaged: readonly Entry[];
  readonly isDamaged: boolean;
}

/** The entries from the first damaged one without a later undamaged group. */
function tornTail(entries: readonly Entry[], hit: ReadonlySet<Entry>): readonly Entry[] {
  let first: number | undefined;
  for (const [index, entry] of entries.entries()) {
    if (hit.has(entry)) first ??= index;
    else if (first !== undefined && entry.groupOffset > (entries[first]?.handle.offset ?? 0))
      first = undefined;
  }
  return first === undefined ? [] : entries.slice(first);
}

/** True when the last frame is a seal. A damaged seal does not count. */
function hasSeal(bytes: Uint8Array = new Uint8Array(0)): boolean {
  const file = Buffer.from(bytes);
  const offset = file.length - FRAME_BYTES;
  if (offset < HEADER_BYTES) return false;
  const stretch = { bytes: file, offset: 0, salt: file.readUInt32LE(56), limit: file.length };
  const reading = readFrame(stretch, offset);
  return reading.kind === 'frame' && reading.frame.isSeal;
}

function isAt(entry: Entry | undefined, handle: LogHandle): boolean {
  return entry?.handle.segment === handle.segment && entry.handle.offset === handle.offset;
}
