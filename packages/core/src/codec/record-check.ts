// The check of a record before encoding. MessagePack libraries silently change unknown values: class instances lose
// their class, typed arrays their type, lone surrogates become question marks. Millrace refuses such a value instead,
// and names its path. The check is one walk over the values that builds nothing; only after a refusal does a second
// walk find the path.

import { types } from 'node:util';
import type { RecordRefusal } from '../contracts/codec.ts';
import { NO_REFUSALS } from './refusals-of.ts';

/** A deeper nested record is refused: this depth detects a circle, and decoding deeper would exhaust the stack. */
export const DEPTH_MAX = 100;

/**
 * The engine encodes records inside its own objects: state inside parts of checkpoints, queue entries inside decisions.
 * Encoding accepts this many more levels than a record may have, so that every accepted record also fits into the
 * engine's objects.
 */
const ENVELOPE_LEVELS = 12;

/** The nesting limit of everything that is encoded together. */
export const ENCODED_DEPTH_MAX = DEPTH_MAX + ENVELOPE_LEVELS;

/**
 * The limit of visited containers below one element of an outer list; a container in two places counts twice. The limit
 * is meant for records that share parts with themselves in endless places, so the number of records does not count.
 */
const CONTAINERS_MAX = 2 ** 22;

/** Lists down to this depth are outer lists: lists of records, and lists of the engine's own jointly encoded values. */
const OUTER_DEPTH = 2;

/** The number of cached keys of one level. */
const KEYS_KEPT = 64;

/** The encoder preserves the value. */
const PLAIN = 0;
/** The value is data, and the encoder would change the value: a rewrite must come first (see awkward-values.ts). */
const AWKWARD = 1;
/** The value is not data. Verdicts are combined with bitwise or, and a walk ends at the first verdict with this bit. */
const REFUSED = 2;

/** A refused value. */
export interface Refusal {
  /** The path of the value, for instance `records[3].tags[0]`. */
  readonly path: string;
  /** A description of the value, for a message. */
  readonly found: string;
}

/** The outcome of checking the records of a block. */
export type RecordCheck =
  | { readonly kind: 'plain' }
  | { readonly kind: 'awkward' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Checks the records of a block; costs about as much as encoding the records. */
export function checkRecords(records: readonly unknown[]): RecordCheck {
  const judge = new Judge(ENCODED_DEPTH_MAX);
  const verdict = judgeSafely(judge, records, 0);
  if (verdict === PLAIN) return { kind: 'plain' };
  if (verdict === AWKWARD) return { kind: 'awkward' };
  return { kind: 'refused', refusal: findRefused(judge, records, { path: 'records', depth: 0 }) };
}

/** The refused records among the first `count`, in their order. Never throws. */
export function refusedRecords(records: readonly unknown[], count: number): readonly RecordRefusal[] {
  const judge = new Judge(DEPTH_MAX);
  let refused: RecordRefusal[] | undefined;
  for (let index = 0; index < count; index += 1) {
    judge.containersLeft = CONTAINERS_MAX;
    if (judgeSafely(judge, records[index], 1) < REFUSED) continue;
    refused ??= [];
    refused.push({ index, ...findRefused(judge, records[index], { path: 'record', depth: 1 }) });
  }
  return refused ?? NO_REFUSALS;
}

/** A value that throws when inspected is unreadable for any encoder. */
function judgeSafely(judge: Judge, value: unknown, depth: number): number {
  try {
    return judge.judge(value, depth);
  } catch {
    return REFUSED;
  }
}

/** True when an object with this key must be rewritten. */
export function isAwkwardKey(key: string): boolean {
  // The decoder renames the first key; the second corrupts the encoder's own table of keys.
  return key === '__proto__' || key === '__keys__' || isAwkwardText(key);
}

/**
 * True when the decoder would strip the beginning: it mistakes the text for a byte order mark, even inside a record.
 */
export function isAwkwardText(text: string): boolean {
  return text.charCodeAt(0) === 0xfeff;
}

/**
 * One walk over values. Records of a stream have few shapes, so keys with a plain verdict are cached by level and
 * place: each key of the next record of the same shape costs one comparison.
 */
class Judge {
  readonly depthMax: number;
  readonly plainKeys: string[][] = [];
  /** The remaining number of containers that may be visited. */
  containersLeft = CONTAINERS_MAX;

  constructor(depthMax: number) {
    this.depthMax = depthMax;
  }

  judge(value: unknown, depth: number): number {
    switch (typeof value) {
      case 'string':
        return judgeText(value);
      case 'number':
        return value === 0 && Object.is(value, -0) ? AWKWARD : PLAIN;
      case 'boolean':
      case 'bigint':
      case 'undefined':
        return PLAIN;
      case 'object':
        return value === null ? PLAIN : this.judgeObject(value, depth);
      default:
        return REFUSED;
    }
  }

  judgeObject(value: object, depth: number): number {
    this.containersLeft -= 1;
    if (depth > this.depthMax || this.containersLeft < 0) return REFUSED;
    switch (Object.getPrototypeOf(value)) {
      case Object.prototype:
        return this.judgeFields(value as Record<string, unknown>, depth);
      case Array.prototype:
        return Array.isArray(value) ? this.judgeArray(value, depth) : REFUSED;
      case null:
        return this.judgeFields(value as Record<string, unknown>, depth) | AWKWARD;
      case Map.prototype:
        return this.judgeMap(value as ReadonlyMap<unknown, unknown>, depth);
      case Set.prototype:
        return this.judgeSet(value as ReadonlySet<unknown>, depth);
      case Date.prototype:
        return types.isDate(value) ? PLAIN : REFUSED;
      case Uint8Array.prototype:
      case Buffer.prototype:
        return types.isUint8Array(value) ? PLAIN : REFUSED;
      default:
        return REFUSED;
    }
  }

  judgeFields(fields: Readonly<Record<string, unknown>>, depth: number): number {
    if (Object.getOwnPropertySymbols(fields).length > 0) return REFUSED;
    this.plainKeys[depth] ??= [];
    const plainKeys = this.plainKeys[depth];
    let verdict = PLAIN;
    let place = 0;
    for (const key in fields) {
      if (plainKeys[place] !== key) {
        if (!key.isWellFormed()) return REFUSED;
        if (isAwkwardKey(key)) verdict |= AWKWARD;
        else if (place < KEYS_KEPT) plainKeys[place] = key;
      }
      place += 1;
      verdict |= this.judge(fields[key], depth + 1);
      if (verdict >= REFUSED) return verdict;
    }
    return verdict;
  }

  judgeArray(array: readonly unknown[], depth: number): number {
    if (isMatchResult(array)) return REFUSED;
    let verdict = PLAIN;
    for (let i = 0; i < array.length; i += 1) {
      if (depth <= OUTER_DEPTH) this.containersLeft = CONTAINERS_MAX;
      const value = array[i];
      if (value === undefined && !(i in array)) return REFUSED;
      verdict |= this.judge(value, depth + 1);
      if (verdict >= REFUSED) return verdict;
    }
    return verdict;
  }

  judgeMap(map: ReadonlyMap<unknown, unknown>, depth: number): number {
    let verdict = PLAIN;
    for (const [key, value] of map) {
      verdict |= this.judge(key, depth + 1) | this.judge(value, depth + 1);
      if (verdict >= REFUSED) return verdict;
    }
    return verdict;
  }

  judgeSet(set: ReadonlySet<unknown>, depth: number): number {
    let verdict = PLAIN;
    for (const value of set) {
      verdict |= this.judge(value, depth + 1);
      if (verdict >= REFUSED) return verdict;
    }
    return verdict;
  }
}

function judgeText(text: string): number {
  if (!text.isWellFormed()) return REFUSED;
  return isAwkwardText(text) ? AWKWARD : PLAIN;
}

/**
 * The only array with further properties that programs store by mistake: the result of `String.match`. A search for
 * other such arrays would cost more than encoding; other arrays are decoded without these properties.
 */
function isMatchResult(array: readonly unknown[]): boolean {
  return Object.hasOwn(array, 'index') && Object.hasOwn(array, 'input');
}

/** Finds the first refused value below a refused value. */
function findRefused(judge: Judge, value: unknown, { path, depth }: Place): Refusal {
  const isBeyond = judge.containersLeft < 0;
  try {
    for (const [part, child] of depth > judge.depthMax ? [] : children(value)) {
      if (isBeyond || judgeSafely(judge, child, depth + 1) < REFUSED) continue;
      return findRefused(judge, child, { path: path + part, depth: depth + 1 });
    }
    const exceeded = depth > judge.depthMax ? judge.depthMax : undefined;
    const found = isBeyond ? `more than ${CONTAINERS_MAX} objects in one record` : describe(value, exceeded);
    return { path: shortPath(path), found };
  } catch {
    return { path: shortPath(path), found: 'an object that throws on reading' };
  }
}

/** The position of a walk. */
interface Place {
  readonly path: string;
  readonly depth: number;
}

/** The beginning and the end of a path; a circle has a path of a hundred keys. */
function shortPath(path: string): string {
  return path.length <= 200 ? path : `${path.slice(0, 100)}…${path.slice(-80)}`;
}

/** The values directly inside a value, each with its part of the path. */
function* children(value: unknown): Generator<readonly [string, unknown]> {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) yield [`[${i}]`, value[i]];
  } else if (value instanceof Map) {
    let entry = 0;
    for (const [key, child] of value) {
      yield [`.keys()[${entry}]`, key];
      yield [`.get(${typeof key === 'string' ? JSON.stringify(key) : entry})`, child];
      entry += 1;
    }
  } else if (value instanceof Set) {
    let entry = 0;
    for (const child of value) yield [`.values()[${entry++}]`, child];
  } else if (isPlainObject(value)) {
    for (const key of Object.keys(value)) yield [keyPath(key), (value as Record<string, unknown>)[key]];
  }
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function keyPath(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** `exceeded`: the nesting limit that the value exceeds, if any. */
function describe(value: unknown, exceeded: number | undefined): string {
  if (typeof value === 'string') return 'text with half of a surrogate pair';
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  if (exceeded !== undefined) return `something nested deeper than ${exceeded} levels, or in a circle`;
  if (isPlainObject(value)) {
    const hasSymbols = Object.getOwnPropertySymbols(value).length > 0;
    return hasSymbols ? 'an object with a symbol as key' : 'an object whose key has half of a surrogate pair';
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) {
    return isMatchResult(value as readonly unknown[]) ? 'the result of a match' : 'an array with holes';
  }
  return `an instance of ${className(value)}`;
}

function className(value: object): string {
  const { constructor } = value as { constructor?: { name?: unknown } };
  return typeof constructor?.name === 'string' && constructor.name !== ''
    ? constructor.name
    : 'a class without name';
}
