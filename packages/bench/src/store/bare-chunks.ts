// The minimum cost of appending: preallocated chunks of the generator's size, handed on in blocks of the generator's
// size, and nothing else. No bounds, no sizes, no rate, no acknowledgements, no clock. Chunks are made by plain `new
// Array`; the generator copies an empty chunk, which is faster.

/** As in the block generator. */
export const CHUNK_RECORDS = 4_096;
const CHUNKS_PER_BLOCK = 32;

/** The chunks of the bare loop. The loop itself is in the workloads, with the fields in local variables. */
export class BareChunks {
  chunk = newChunk();
  index = 0;
  /** Records handed on; read at the end, so that no work can be optimised away. */
  handedOn = 0;
  #block: unknown[][] = [];

  /** Takes a full chunk and returns an empty one. */
  replace(full: unknown[]): unknown[] {
    this.#block.push(full);
    if (this.#block.length === CHUNKS_PER_BLOCK) this.#handOn();
    return newChunk();
  }

  #handOn(): void {
    for (const chunk of this.#block) this.handedOn += chunk.length;
    this.#block = [];
  }
}

function newChunk(): unknown[] {
  const chunk: unknown[] = new Array(CHUNK_RECORDS);
  // Any kind of value without a rebuild of the array, as in the generator.
  chunk[0] = null;
  return chunk;
}
