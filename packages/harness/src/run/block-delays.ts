// The delays of records whose content is unknown: of blocks until the end of the batch with the block. A stream's blocks
// enter batches in the order of storing, so counts of records suffice.

/** Pairs the blocks of each stream with the batches of the stream, in the order of both. */
export class BlockDelays {
  readonly #onDelay: (delayMs: number, records: number) => void;
  /** Blocks without their batch, and batches whose block is not reported yet: time and remaining records. */
  readonly #streams = new Map<number, { readonly blocks: Entry[]; readonly batches: Entry[] }>();

  /** @param onDelay Called with the time from the cut of a block to the end of its batch, and a number of records. */
  constructor(onDelay: (delayMs: number, records: number) => void) {
    this.#onDelay = onDelay;
  }

  /** A block of the stream was cut at this time, and is stored. */
  stored(streamId: number, records: number, cutMs: number): void {
    this.#pair(streamId, { blocks: [{ atMs: cutMs, records }], batches: [] });
  }

  /** A batch with this many records of the stream has ended. */
  done(streamId: number, records: number, endMs: number): void {
    this.#pair(streamId, { blocks: [], batches: [{ atMs: endMs, records }] });
  }

  #pair(streamId: number, more: { blocks: Entry[]; batches: Entry[] }): void {
    const { blocks, batches } = this.#streams.get(streamId) ?? { blocks: [], batches: [] };
    this.#streams.set(streamId, { blocks, batches });
    // bounded: each entry leaves with its partner
    blocks.push(...more.blocks);
    // bounded: each entry leaves with its partner
    batches.push(...more.batches);
    for (let block = blocks[0], batch = batches[0]; block && batch; block = blocks[0], batch = batches[0]) {
      const records = Math.min(block.records, batch.records);
      if (records > 0) this.#onDelay(batch.atMs - block.atMs, records);
      block.records -= records;
      batch.records -= records;
      if (block.records === 0) blocks.shift();
      if (batch.records === 0) batches.shift();
    }
  }
}

interface Entry {
  readonly atMs: number;
  records: number;
}
