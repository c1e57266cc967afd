// Records as texts in chunks, for sinks that send a partition in several requests. The bounds of a chunk depend on the records
// before and on the options only, so a repetition has the same chunks. Memory holds one chunk, and the chunks taken ahead.

/** The texts of some records, in order. */
export interface TextChunk {
  readonly texts: readonly string[];
  /** The bytes of the texts with their separators and the frame. */
  readonly sizeBytes: number;
}

/** The bounds of a chunk. */
export interface ChunkBounds {
  readonly maxRecords: number;
  /** The largest size of a chunk; a single longer record is a chunk alone. */
  readonly maxBytes: number;
  /** Bytes around the texts of a chunk. */
  readonly frameBytes: number;
  /** Bytes for each text, beside its own. */
  readonly bytesPerText: number;
}

/**
 * The chunks of a partition, in order; none without records.
 *
 * @throws any error of `textOf` and of the iteration.
 */
export function* recordChunks<T>(
  records: Iterable<T>,
  textOf: (record: T, index: number) => string,
  { maxRecords, maxBytes, frameBytes, bytesPerText }: ChunkBounds,
): Generator<TextChunk, void, void> {
  let texts: string[] = [];
  let sizeBytes = frameBytes;
  let index = 0;
  for (const record of records) {
    const text = textOf(record, index);
    const textBytes = Buffer.byteLength(text) + bytesPerText;
    const isFull = texts.length === maxRecords || sizeBytes + textBytes > maxBytes;
    if (isFull && texts.length > 0) {
      yield { texts, sizeBytes };
      texts = [];
      sizeBytes = frameBytes;
    }
    texts.push(text);
    sizeBytes += textBytes;
    index += 1;
  }
  if (texts.length > 0) yield { texts, sizeBytes };
}

/**
 * The same chunks. The first ones, up to a bound, are taken before the first is given out, so a record without a text stops
 * all of them.
 */
export function* takenAhead(
  chunks: Iterable<TextChunk>,
  bytesInMemory: number,
): Generator<TextChunk, void, void> {
  const first: TextChunk[] = [];
  let bytes = 0;
  for (const chunk of chunks) {
    first.push(chunk);
    bytes += chunk.sizeBytes;
    if (bytes > bytesInMemory) yield* first.splice(0);
  }
  yield* first;
}
