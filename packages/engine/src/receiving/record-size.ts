// How much memory records take, roughly. The bounds in bytes rest on it, so what counts is that nothing large goes
// unseen and that looking is cheap: a record is looked at only so far, and what lies beyond is extrapolated.
//
//   string          its length: a byte a character, which is what V8 keeps for Latin-1 text (other text takes two)
//   bytes           their length
//   number, …       8
//   array, object   16, and 8 for each entry, and what the entries hold

/** Entries of one array or object that are looked at; the rest counts like their mean. */
const ENTRIES_LOOKED_AT = 32;
/** Objects out of a whole block that are looked at. */
const OBJECTS_LOOKED_AT = 256;
/** Levels below a record that are looked at. */
const LEVELS_LOOKED_AT = 4;

const WORD_BYTES = 8;
const OBJECT_BYTES = 16;

/** The memory that one record takes, in whole bytes: exact for strings and bytes, an estimate for objects. Never throws. */
export function recordBytes(record: unknown): number {
  if (typeof record === 'number') return WORD_BYTES;
  try {
    return Math.round(valueBytes(record, LEVELS_LOOKED_AT));
  } catch {
    // A getter that throws. Counting is not the place to say so: the codec refuses such a record with its path.
    return OBJECT_BYTES;
  }
}

/** The memory that `records` from `from` up to `to` take without the strings: each one is looked at. */
export function bytesBesideText(records: readonly unknown[], from: number, to: number): number {
  let bytes = 0;
  for (let index = from; index < to; index += 1) {
    const record = records[index];
    if (typeof record !== 'string') bytes += recordBytes(record);
  }
  return bytes;
}

/** The memory that records of any kinds take together: exact for strings and bytes, a few hundred objects looked at. */
export function bytesOf(records: readonly unknown[]): number {
  const step = Math.ceil(records.length / OBJECTS_LOOKED_AT);
  let exact = 0;
  let others = 0;
  let looked = 0;
  let lookedBytes = 0;
  for (const record of records) {
    if (typeof record === 'string') exact += record.length;
    else if (ArrayBuffer.isView(record)) exact += record.byteLength;
    else if (others++ % step === 0) {
      looked += 1;
      lookedBytes += recordBytes(record);
    }
  }
  return Math.round(exact + (looked === 0 ? 0 : (lookedBytes / looked) * others));
}

function valueBytes(value: unknown, levels: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return WORD_BYTES;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (levels === 0) return OBJECT_BYTES;
  if (Array.isArray(value)) return OBJECT_BYTES + arrayBytes(value, levels - 1);
  if (value instanceof Map) return OBJECT_BYTES + sampledBytes(value, value.size, levels - 1);
  if (value instanceof Set) return OBJECT_BYTES + sampledBytes(value, value.size, levels - 1);
  return OBJECT_BYTES + propertiesBytes(value as Readonly<Record<string, unknown>>, levels - 1);
}

/** Looks at entries from all over the array, so that one that begins small is not taken for small. */
function arrayBytes(values: readonly unknown[], levels: number): number {
  const step = Math.max(1, Math.ceil(values.length / ENTRIES_LOOKED_AT));
  let bytes = 0;
  let looked = 0;
  for (let index = 0; index < values.length; index += step) {
    bytes += entryBytes(values[index], levels);
    looked += 1;
  }
  return looked === 0 ? 0 : (bytes / looked) * values.length;
}

function propertiesBytes(value: Readonly<Record<string, unknown>>, levels: number): number {
  let bytes = 0;
  let entries = 0;
  // `for in` costs no array of keys; an inherited property counted as well does no harm to an estimate.
  for (const key in value) {
    entries += 1;
    if (entries <= ENTRIES_LOOKED_AT) bytes += entryBytes(value[key], levels);
  }
  return entries <= ENTRIES_LOOKED_AT ? bytes : (bytes / ENTRIES_LOOKED_AT) * entries;
}

function sampledBytes(entries: Iterable<unknown>, size: number, levels: number): number {
  let bytes = 0;
  let looked = 0;
  for (const entry of entries) {
    if (looked === ENTRIES_LOOKED_AT) break;
    bytes += entryBytes(entry, levels);
    looked += 1;
  }
  return looked === 0 ? 0 : (bytes / looked) * size;
}

/** An entry takes a word, which holds it if it is no more than a word. */
function entryBytes(value: unknown, levels: number): number {
  if (typeof value !== 'object' && typeof value !== 'string') return WORD_BYTES;
  return WORD_BYTES + valueBytes(value, levels);
}
