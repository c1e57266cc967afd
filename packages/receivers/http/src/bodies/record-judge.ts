// Whether a parsed record may go into the engine, and what it weighs. JSON can say things that no block can hold: a record
// that the codec refuses would fail the whole block it is in, after its request was read and long before it is answered,
// and one client could stop all others. So they are refused at the door, where it costs its sender alone. The walk that
// looks for them meets every container on its way, so it weighs them too.
import { ARRAY_BYTES, ENTRY_BYTES, KEY_BYTES, OBJECT_BYTES, STRING_BYTES } from './json-weight.ts';

/** Nesting beyond this is refused. The codec takes 100 levels; what is real has a handful. */
export const DEPTH_MAX = 64;

/** From here on two whole numbers of a text may be the same double. */
const INEXACT_FROM = 2 ** 53;

/** What one look at a record found. */
export interface Judgement {
  /** Why the value cannot be a record; undefined when it can. */
  readonly problem: string | undefined;
  /** The memory that its containers and strings take besides the characters, in bytes; its text comes on top. */
  readonly weight: number;
  /** Whether a number in it may be another one than its text says: it is 2^53 or more, or beyond all doubles. */
  readonly hasLargeNumber: boolean;
}

/** Looks at a value that was parsed from JSON. */
export function judgeRecord(value: unknown): Judgement {
  const walk = new RecordWalk();
  walk.visit(value, 1);
  return walk;
}

class RecordWalk implements Judgement {
  problem: string | undefined;
  weight = 0;
  hasLargeNumber = false;

  visit(value: unknown, depth: number): void {
    if (typeof value === 'string') {
      this.weight += STRING_BYTES;
      this.#visitText(value);
    } else if (typeof value === 'number') {
      if (value >= INEXACT_FROM || value <= -INEXACT_FROM) this.hasLargeNumber = true;
    } else if (typeof value === 'object' && value !== null) this.#visitContainer(value, depth);
  }

  #visitContainer(container: object, depth: number): void {
    if (depth > DEPTH_MAX) this.problem ??= `expected at most ${DEPTH_MAX} levels of nesting`;
    else if (Array.isArray(container)) this.#visitItems(container, depth);
    else this.#visitFields(container as Readonly<Record<string, unknown>>, depth);
  }

  #visitItems(items: readonly unknown[], depth: number): void {
    this.weight += ARRAY_BYTES + ENTRY_BYTES * items.length;
    for (let index = 0; index < items.length && this.problem === undefined; index += 1) {
      this.visit(items[index], depth + 1);
    }
  }

  /** Parsed objects inherit nothing that is enumerable, and `for in` makes no array of keys. */
  #visitFields(fields: Readonly<Record<string, unknown>>, depth: number): void {
    this.weight += OBJECT_BYTES;
    for (const key in fields) {
      const value = fields[key];
      this.weight += KEY_BYTES;
      this.#visitKey(key, value);
      if (this.problem !== undefined) return;
      this.visit(value, depth + 1);
    }
  }

  #visitText(text: string): void {
    if (!text.isWellFormed()) this.problem ??= 'expected whole characters, got half of a surrogate pair';
  }

  /** Refuses keys that no honest record has, and that change prototypes when a job merges records without care. */
  #visitKey(key: string, value: unknown): void {
    this.#visitText(key);
    if (key === '__proto__') this.problem ??= 'expected no key __proto__';
    if (key !== 'constructor' || typeof value !== 'object' || value === null) return;
    if (Object.hasOwn(value, 'prototype')) this.problem ??= 'expected no key prototype inside of constructor';
  }
}
