// Details of an error as plain data of bounded size. Any code that throws makes details, including plugins: a value
// that cannot be serialised is replaced by its description.
import { propertyOf, shortened } from './thrown-value.ts';

const VALUES_MAX = 1_000;
const LEVELS_MAX = 8;
const TEXT_CHARACTERS_MAX = 4_096;

/** A copy of at most 1,000 values, 8 levels deep, with text of 4,096 characters at most. Never throws. */
export function plainDetails(details: unknown): Readonly<Record<string, unknown>> {
  const copied = new DetailsCopy().copy(details, 0);
  return typeof copied === 'object' && copied !== null && !Array.isArray(copied)
    ? (copied as Readonly<Record<string, unknown>>)
    : {};
}

class DetailsCopy {
  #left = VALUES_MAX;

  copy(value: unknown, level: number): unknown {
    this.#left -= 1;
    if (typeof value === 'string') return shortened(value, TEXT_CHARACTERS_MAX);
    if (typeof value === 'symbol' || typeof value === 'function') return `[${typeof value}]`;
    if (typeof value !== 'object' || value === null) return value;
    if (level >= LEVELS_MAX) return '[deeper]';
    try {
      return this.#copyObject(value, level + 1);
    } catch {
      return '[unreadable]';
    }
  }

  #copyObject(value: object, level: number): unknown {
    if (value instanceof Date) return new Date(value.getTime());
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (Array.isArray(value)) return this.#entries(value, level);
    if (value instanceof Map) return new Map(this.#entries([...value], level) as [unknown, unknown][]);
    if (value instanceof Set) return new Set(this.#entries([...value], level));
    const copied: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      if (this.#left <= 0) break;
      const copy = this.copy(propertyOf(value, key), level);
      // Defined, not assigned: a key named `__proto__` stays an ordinary key.
      Object.defineProperty(copied, shortened(key, 200), { value: copy, enumerable: true });
    }
    return copied;
  }

  #entries(values: readonly unknown[], level: number): unknown[] {
    const copied: unknown[] = [];
    for (const value of values) {
      if (this.#left <= 0) break;
      copied.push(this.copy(value, level));
    }
    return copied;
  }
}
