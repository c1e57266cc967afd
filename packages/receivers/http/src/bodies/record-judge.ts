// Checks of a parsed record. JSON can express values that no block can hold. The codec would refuse such a record with
// its whole block, after the request was read, and one client could stop all other clients. The receiver therefore
// refuses the record. The check visits every container and string, so it also weighs the record.
import { ARRAY_BYTES, ENTRY_BYTES, KEY_BYTES, OBJECT_BYTES, STRING_BYTES } from './json-weight.ts';

/** Levels of nesting that are accepted. The codec takes 100 levels. */
export const DEPTH_MAX = 64;

/** From here on, two integers of a text may be the same double. */
const INEXACT_FROM = 2 ** 53;

/** Result of a check. */
export interface Judgement {
  /** Reason why the value cannot be a record; undefined for a valid record. */
  readonly problem: string | undefined;
  /** Memory of containers, keys and string headers, in bytes, without the characters. */
  readonly weight: number;
  /** True when a number is 2^53 or more, so that its text may say another number. */
  readonly hasLargeNumber: boolean;
}

/** Checks and weighs a value that `JSON.parse` returned. */
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

  /** Parsed objects inherit no enumerable property, so `for in` is safe. The loop allocates no array of keys. */
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

  /** Refuses keys that change prototypes when a job merges records without care. */
  #visitKey(key: string, value: unknown): void {
    this.#visitText(key);
    if (key === '__proto__') this.problem ??= 'expected no key __proto__';
    if (key !== 'constructor' || typeof value !== 'object' || value === null) return;
    if (Object.hasOwn(value, 'prototype')) this.problem ??= 'expected no key prototype inside of constructor';
  }
}
