// The memory of records, as an estimate. The bounds in bytes rest on the estimate. A sender chooses the shape of a
// record, so no shape may hide bytes: every node of a small record is measured, and a record with more nodes is sampled
// at all levels, with the rest extrapolated from the sample.
//
//   string          its length: a byte a character, as V8 keeps Latin-1 text (other text takes two)
//   bytes           their length
//   number, …       8
//   array, object   16, and 8 for each entry, and the content of the entries
//   key             the characters above 16: short keys are shared by the records of a shape, long ones are content

/** Nodes of one record that are measured one by one. */
const NODES_LOOKED_AT = 1_024;
/** Nodes of a whole block that are measured, shared by its records. */
const BLOCK_NODES_LOOKED_AT = 65_536;
/** Nodes of every container that are measured, also when earlier containers used up the nodes of the record. */
const LEAST_SHARE = 16;
/** A walk ends its least shares at this multiple of its nodes: from there on one entry of a container is measured. */
const OVERDRAFT_FACTOR = 8;
/** Levels below a record that are measured; the codec refuses deeper records. */
const LEVELS_LOOKED_AT = 101;
/** Characters of a key that count as shared. */
const SHARED_KEY_CHARACTERS = 16;

const WORD_BYTES = 8;
const OBJECT_BYTES = 16;
/** 2^32 over the golden ratio: its steps keep pace with no period that entries may have. */
const GOLDEN = 0x9e3779b9;

/**
 * The memory of one record, in whole bytes: exact by the rules above up to 1,024 values, an estimate beyond. Never
 * throws. At least a sixteenth of the characters of the record's JSON, except where entries of more than 1,024 differ
 * in size and `turn` picks the small ones.
 *
 * @param turn Picks the entries of a sample, any 32-bit number. A sender must not be able to guess the number.
 */
export function recordBytes(record: unknown, turn = 0): number {
  if (typeof record === 'number') return WORD_BYTES;
  if (typeof record === 'string') return record.length;
  return bytesWithin(record, NODES_LOOKED_AT, turn);
}

/** Bytes that a receiver gave for records; 0 for any value but a finite number above 0. */
export function knownBytes(given: number | undefined): number {
  return given !== undefined && given > 0 && Number.isFinite(given) ? given : 0;
}

/** The memory of `records` from `from` up to `to` without the strings, and the largest: each record is measured. */
export function bytesBesideText(
  records: readonly unknown[],
  from: number,
  to: number,
): { readonly bytes: number; readonly largest: number } {
  let bytes = 0;
  let largest = 0;
  for (let index = from; index < to; index += 1) {
    const record = records[index];
    if (typeof record === 'string') continue;
    const size = recordBytes(record, index);
    bytes += size;
    if (size > largest) largest = size;
  }
  return { bytes, largest };
}

/** The total memory of records of any kinds: each record is measured, larger records less closely in large blocks. */
export function sizeOfRecords(records: readonly unknown[], turn = 0): number {
  const nodes = Math.min(NODES_LOOKED_AT, Math.ceil(BLOCK_NODES_LOOKED_AT / Math.max(1, records.length)));
  let bytes = 0;
  for (const record of records) {
    if (typeof record === 'string') bytes += record.length;
    else if (typeof record === 'number') bytes += WORD_BYTES;
    else bytes += bytesWithin(record, Math.max(LEAST_SHARE, nodes), turn);
  }
  return bytes;
}

function bytesWithin(record: unknown, nodes: number, turn: number): number {
  try {
    return Math.round(new SizeWalk(nodes, turn).bytesOf(record, nodes, LEVELS_LOOKED_AT));
  } catch {
    // A getter or a proxy threw. The check of records refuses such a record; counting continues.
    return OBJECT_BYTES;
  }
}

/** One measurement of one record. */
class SizeWalk {
  readonly #overdraft: number;
  #left: number;
  #turn: number;

  constructor(nodes: number, turn: number) {
    this.#left = nodes;
    this.#overdraft = -OVERDRAFT_FACTOR * nodes;
    this.#turn = turn;
  }

  /** @param share Nodes that the measurement of this value may use. */
  bytesOf(value: unknown, share: number, levels: number): number {
    if (typeof value === 'string') return value.length;
    if (typeof value === 'bigint') return WORD_BYTES + bigintBytes(value);
    if (typeof value !== 'object' || value === null) return WORD_BYTES;
    if (ArrayBuffer.isView(value)) return value.byteLength;
    if (levels === 0) return OBJECT_BYTES;
    if (Array.isArray(value)) return OBJECT_BYTES + this.#arrayBytes(value, share, levels - 1);
    if (value instanceof Map) return OBJECT_BYTES + this.#arrayBytes([...value].flat(1), share, levels - 1);
    if (value instanceof Set) return OBJECT_BYTES + this.#arrayBytes([...value], share, levels - 1);
    return OBJECT_BYTES + this.#fieldsBytes(value as Readonly<Record<string, unknown>>, share, levels - 1);
  }

  #arrayBytes(values: readonly unknown[], share: number, levels: number): number {
    const { length } = values;
    if (length === 0) return 0;
    const looked = Math.min(length, share);
    const step = length / looked;
    const offset = looked === length ? 0 : this.#pick(Math.floor(step));
    const floor = this.#left - share;
    let bytes = 0;
    for (let entry = 0; entry < looked; entry += 1) {
      const value = values[Math.min(length - 1, Math.floor(entry * step) + offset)];
      bytes += this.#entryBytes(value, this.#shareOf(floor, looked - entry), levels);
    }
    return bytes * step;
  }

  #fieldsBytes(fields: Readonly<Record<string, unknown>>, share: number, levels: number): number {
    const floor = this.#left - share;
    let bytes = 0;
    let keyBytes = 0;
    let entries = 0;
    // `for in` needs no array of keys; an inherited property is counted too, which keeps the estimate above the truth.
    for (const key in fields) {
      entries += 1;
      if (key.length > SHARED_KEY_CHARACTERS) keyBytes += key.length - SHARED_KEY_CHARACTERS;
      if (entries <= share) bytes += this.#entryBytes(fields[key], this.#shareOf(floor, 1), levels);
    }
    if (entries <= share) return bytes + keyBytes;
    return this.#arrayBytes(Object.values(fields), share, levels) + keyBytes;
  }

  /** An entry takes a word, which holds a value that is no larger. */
  #entryBytes(value: unknown, share: number, levels: number): number {
    this.#left -= 1;
    if (typeof value === 'string') return WORD_BYTES + value.length;
    if (typeof value !== 'object') return WORD_BYTES;
    return value === null ? WORD_BYTES : WORD_BYTES + this.bytesOf(value, share, levels);
  }

  /** Nodes for the next entry, when the nodes of a container end at `floor`. */
  #shareOf(floor: number, entriesToCome: number): number {
    if (this.#left < this.#overdraft) return 1;
    return Math.max(LEAST_SHARE, Math.floor((this.#left - floor) / entriesToCome));
  }

  #pick(below: number): number {
    this.#turn = (this.#turn + GOLDEN) | 0;
    return below <= 1 ? 0 : (this.#turn >>> 8) % below;
  }
}

function bigintBytes(value: bigint): number {
  const isSmall = value < 0x7fff_ffff_ffff_ffffn && value > -0x7fff_ffff_ffff_ffffn;
  return isSmall ? 0 : Math.ceil(value.toString(16).length / 2);
}
