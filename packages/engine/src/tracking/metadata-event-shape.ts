// A check whether the fields of an entry have the shape of an event. A checksum covers bytes, not the writer: another
// program, a later release, or a manual edit. Accepted entries can be decoded without further checks. A recovery checks
// every block, so fields are checked in place and no object is made.

type Fields = readonly unknown[];

/** True for the fields of an event of one kind. */
type FieldsCheck = (fields: Fields) => boolean;

/** The checks, by the letter of the kind. Fields are counted from the version on: 2 is the time. */
const SHAPES: ReadonlyMap<unknown, FieldsCheck> = new Map<unknown, FieldsCheck>([
  ['d', (f) => isCount(f[3]) && isText(f[4]) && isNumber(f[5]) && isNumber(f[6])],
  ['a', (f) => isBlock(f[3]) && (f[4] === undefined || f[4] instanceof Uint8Array)],
  ['b', (f) => isListOf(f[3], isBlocksOfStream) && isListOf(f[4], isEntry)],
  ['s', (f) => isNumber(f[3])],
  ['c', (f) => isListOf(f[3], isNumber) && isNumber(f[4]) && isListOf(f[5], isEntry)],
]);

/** True when an entry has a time and the fields of its kind. */
export function isEventShape(fields: Fields): boolean {
  return isNumber(fields[2]) && SHAPES.get(fields[1])?.(fields) === true;
}

function isBlocksOfStream(value: unknown): boolean {
  return isList(value) && isCount(value[0]) && isListOf(value[1], isBlock);
}

function isBlock(value: unknown): boolean {
  return (
    isList(value) &&
    isCount(value[0]) &&
    isText(value[1]) &&
    isCount(value[2]) &&
    isNumber(value[3]) &&
    isText(value[4]) &&
    isText(value[5]) &&
    isPlace(value[6]) &&
    (value[8] === undefined || isList(value[8])) &&
    (value[9] === undefined || value[9] === true) &&
    (value[10] === undefined || isList(value[10]))
  );
}

function isPlace(value: unknown): boolean {
  return (
    value === null ||
    (isList(value) &&
      isText(value[0]) &&
      isCount(value[1]) &&
      isCount(value[2]) &&
      (value[3] === undefined || value[3] === 1))
  );
}

/** A pair of a stream and its value. */
function isEntry(value: unknown): boolean {
  return isList(value) && isCount(value[0]);
}

function isListOf(value: unknown, isOne: (item: unknown) => boolean): boolean {
  if (!isList(value)) return false;
  for (const item of value) if (!isOne(item)) return false;
  return true;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isNumber(value: unknown): boolean {
  return Number.isFinite(value);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
