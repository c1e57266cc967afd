// The content of one file on a simulated disk, in two versions: the version that the system shows, and the version
// after a power loss. The difference between both versions is the dirty pages. A successful sync writes all dirty
// pages. A failed sync writes some pages and forgets the rest, while the system keeps showing the forgotten pages. Real
// systems behave like this, so a failed sync must never be repeated.
import type { RandomSource } from '@millrace/core';
import type { FaultTally } from './fault-tally.ts';

/** The source of random decisions about losses, and the tally that counts losses. */
export interface Fate {
  readonly random: RandomSource;
  readonly tally: FaultTally;
}

/** A file of a simulated disk. */
export class DiskFile {
  readonly #pageBytes: number;
  #shown: Uint8Array;
  #shownBytes: number;
  #kept: Uint8Array;
  #keptBytes: number;
  readonly #dirty = new Set<number>();
  /** The latest failed operation that was not repaired; the content of the file is unknown after such a failure. */
  doubt: 'append' | 'sync' | undefined;

  /** @param content The initial content, both shown and durable. */
  constructor(pageBytes: number, content: Uint8Array = new Uint8Array(0)) {
    this.#pageBytes = pageBytes;
    this.#shown = content.slice();
    this.#shownBytes = content.byteLength;
    this.#kept = content.slice();
    this.#keptBytes = content.byteLength;
  }

  /** The size shown by the system. */
  get sizeBytes(): number {
    return this.#shownBytes;
  }

  /** The content shown by the system, from `offset` on; a copy. */
  read(offset: number, length: number): Uint8Array {
    return this.#shown.slice(Math.min(offset, this.#shownBytes), Math.min(offset + length, this.#shownBytes));
  }

  /** Writes bytes over existing content and beyond the end; the touched pages become dirty. */
  write(from: number, bytes: Uint8Array): void {
    const end = from + bytes.byteLength;
    this.#shown = withRoom(this.#shown, this.#shownBytes, end);
    this.#shown.set(bytes, from);
    this.#shownBytes = Math.max(this.#shownBytes, end);
    this.#markDirty(from, end);
  }

  /** Cuts the file; the new size is not durable yet. */
  truncate(sizeBytes: number): void {
    this.#shown = withRoom(this.#shown, this.#shownBytes, sizeBytes);
    this.#shown.fill(0, Math.min(sizeBytes, this.#shownBytes));
    this.#shownBytes = sizeBytes;
    this.#markDirty(sizeBytes, sizeBytes);
  }

  /** Makes all dirty pages durable. */
  sync(): void {
    for (const page of this.#dirty) this.#keep(page, this.#pageBytes);
    this.#dirty.clear();
    this.#setKeptSize(this.#shownBytes);
  }

  /** Writes some dirty pages and forgets the rest: no later sync writes the forgotten pages. */
  failSync(fate: Fate): void {
    this.#keepSome(fate);
    this.#dirty.clear();
  }

  /** The file after a power loss. */
  afterPowerLoss(fate: Fate): DiskFile {
    this.#keepSome(fate);
    return new DiskFile(this.#pageBytes, this.#kept.slice(0, this.#keptBytes));
  }

  /** Damages one bit, both in the durable and in the shown version. */
  flipBit(offset: number, bit: number): void {
    for (const bytes of [this.#shown, this.#kept]) {
      const byte = bytes[offset];
      if (byte !== undefined) bytes[offset] = byte ^ (1 << bit);
    }
  }

  /** Keeps any subset of the dirty pages, whole or torn, and any size between the old and the new one. */
  #keepSome({ random, tally }: Fate): void {
    if (this.#dirty.size === 0) return;
    const chance = random.next();
    const tearing = random.next() < 0.5;
    const pages = [...this.#dirty].filter(() => random.next() < chance);
    const kept = new Set(pages);
    const lost = [...this.#dirty].filter((page) => !kept.has(page));
    tally.note('lost page', lost.length);
    const isWhole = (page: number) => (page + 1) * this.#pageBytes <= this.#keptBytes;
    tally.note('old page', lost.filter(isWhole).length);
    const last = pages.reduce((most, page) => Math.max(most, page), -Infinity);
    if (lost.some((page) => page < last)) tally.note('lost before kept');
    for (const page of pages) {
      const isTorn = tearing && random.next() < 0.3;
      if (isTorn) tally.note('torn page');
      this.#keep(page, isTorn ? random.integer(this.#pageBytes) : this.#pageBytes);
    }
    const [low, high] = [
      Math.min(this.#keptBytes, this.#shownBytes),
      Math.max(this.#keptBytes, this.#shownBytes),
    ];
    const draw = random.integer(3);
    const sizes = [this.#keptBytes, this.#shownBytes, low + random.integer(high - low + 1)];
    this.#setKeptSize(sizes[draw] ?? this.#keptBytes);
  }

  #keep(page: number, length: number): void {
    const from = page * this.#pageBytes;
    const end = Math.min(from + length, this.#shownBytes);
    if (end <= from) return;
    this.#kept = withRoom(this.#kept, this.#kept.byteLength, end);
    this.#kept.set(this.#shown.subarray(from, end), from);
  }

  #setKeptSize(sizeBytes: number): void {
    this.#kept = withRoom(this.#kept, this.#kept.byteLength, sizeBytes);
    if (sizeBytes < this.#keptBytes) this.#kept.fill(0, sizeBytes);
    this.#keptBytes = sizeBytes;
  }

  #markDirty(from: number, end: number): void {
    const last = Math.floor(Math.max(from, end - 1) / this.#pageBytes);
    for (let page = Math.floor(from / this.#pageBytes); page <= last; page += 1) this.#dirty.add(page);
  }
}

/** The same bytes, followed by zeros up to a length of at least `needed`. */
function withRoom(bytes: Uint8Array, used: number, needed: number): Uint8Array {
  if (needed <= bytes.byteLength) return bytes;
  const larger = new Uint8Array(Math.max(needed, 2 * bytes.byteLength));
  larger.set(bytes.subarray(0, used));
  return larger;
}
