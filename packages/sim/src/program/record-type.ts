// The types of records in drawn programs, as data. A type defines the comparison and the weight of records, so that
// every operator can follow every other: a function of a program works on all types.

/** The type of a record. */
export type RecordType =
  | { readonly kind: 'number' }
  | { readonly kind: 'tuple'; readonly of: readonly RecordType[] }
  /** An array of any length. `isOrdered`: the engine promises the order of its elements. */
  | { readonly kind: 'list'; readonly of: RecordType; readonly isOrdered: boolean }
  /** A value, or undefined: the side of an outer join without a partner. */
  | { readonly kind: 'maybe'; readonly of: RecordType }
  /** A window of event time with its value. */
  | { readonly kind: 'window'; readonly of: RecordType }
  | { readonly kind: 'watermark' }
  /** Arrays that cut a batch where partitions end, which no promise says. Only the elements of all of them count. */
  | { readonly kind: 'parts'; readonly of: RecordType };

/** A number. */
export const NUMBER: RecordType = { kind: 'number' };

/** A key from 0 to `KEYS - 1` and a number. */
export const PAIR: RecordType = tuple(NUMBER, NUMBER);

/** A tuple of these. */
export function tuple(...of: readonly RecordType[]): RecordType {
  return { kind: 'tuple', of };
}

/** A list of these. */
export function list(of: RecordType, isOrdered: boolean): RecordType {
  return { kind: 'list', of, isOrdered };
}

/** Tells whether two types are the same. */
export function isSameType(one: RecordType, other: RecordType): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/** Tells whether equal records of the type are equal to the engine: no list in the type has an unpromised order. */
export function isCertain(type: RecordType): boolean {
  switch (type.kind) {
    case 'number':
    case 'watermark':
      return true;
    case 'tuple':
      return type.of.every(isCertain);
    case 'list':
      return type.isOrdered && isCertain(type.of);
    case 'maybe':
    case 'window':
      return isCertain(type.of);
    case 'parts':
      return false;
  }
}

/** The types of key and value; undefined when records of the type are not pairs, or cannot have keys. */
export function pairOf(type: RecordType): readonly [key: RecordType, value: RecordType] | undefined {
  if (type.kind !== 'tuple' || type.of.length !== 2) return undefined;
  const [key, value] = type.of as readonly [RecordType, RecordType];
  return isCertain(key) ? [key, value] : undefined;
}

/** The number of types in a composite type. */
export function sizeOfType(type: RecordType): number {
  switch (type.kind) {
    case 'number':
    case 'watermark':
      return 1;
    case 'tuple':
      return 1 + type.of.reduce((sum, part) => sum + sizeOfType(part), 0);
    case 'list':
    case 'maybe':
    case 'window':
    case 'parts':
      return 1 + sizeOfType(type.of);
  }
}

/**
 * Returns the text of a record. Records that count as equal have equal texts. A value of another type is marked as
 * unexpected.
 */
export function texter(type: RecordType): (value: unknown) => string {
  switch (type.kind) {
    case 'number':
      return (value) => (typeof value === 'number' ? String(value) : unexpected(value));
    case 'watermark':
      return (value) => {
        if (!isObject(value)) return unexpected(value);
        return `{${String(value['beforeMs'])} ${String(value['afterMs'])}}`;
      };
    case 'tuple': {
      const parts = type.of.map(texter);
      return (value) => {
        if (!Array.isArray(value) || value.length !== parts.length) return unexpected(value);
        return `[${parts.map((text, index) => text(value[index])).join(' ')}]`;
      };
    }
    case 'list': {
      const text = texter(type.of);
      return (value) => {
        if (!Array.isArray(value)) return unexpected(value);
        const texts = value.map(text);
        return `(${(type.isOrdered ? texts : texts.sort()).join(' ')})`;
      };
    }
    case 'maybe': {
      const text = texter(type.of);
      return (value) => (value === undefined ? '-' : text(value));
    }
    case 'window': {
      const text = texter(type.of);
      return (value) => {
        if (!isObject(value)) return unexpected(value);
        return `{${timesOf(value)} ${text(value['value'])}${replacedBy(value['replaces'])}}`;
      };
    }
    case 'parts': {
      const text = texter(type.of);
      return (value) => (Array.isArray(value) ? `<${value.map(text).join(' ')}>` : unexpected(value));
    }
  }
}

function timesOf(window: unknown): string {
  return isObject(window) ? `${String(window['startMs'])}..${String(window['endMs'])}` : unexpected(window);
}

/** The windows that a window replaces; absent: none. */
function replacedBy(replaces: unknown): string {
  if (replaces === undefined) return '';
  return Array.isArray(replaces) ? ` for ${replaces.map(timesOf).join(' ')}` : unexpected(replaces);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unexpected(value: unknown): string {
  return `unexpected ${value === undefined ? 'undefined' : JSON.stringify(value)}`;
}
