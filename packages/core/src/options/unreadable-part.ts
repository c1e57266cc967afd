// Finds the part of options that throws when read: a revoked proxy, a throwing getter. A schema that reads such a part
// throws as well, or returns a promise, and names neither the option nor the reason.
import { messageOf } from '../errors/thrown-value.ts';

/** A part of options that cannot be read. */
export interface UnreadablePart {
  readonly path: readonly PropertyKey[];
  /** Message of the error that reading the part throws. */
  readonly reason: string;
}

/** The number of inspected values; options have a few dozen. */
const PARTS_MAX = 100_000;
const DEPTH_MAX = 1_000;

interface Part {
  readonly value: unknown;
  readonly path: readonly PropertyKey[];
}

/** The first part that throws, or is nested deeper than 1,000 levels. Every getter is called. Never throws. */
export function unreadablePart(options: unknown): UnreadablePart | undefined {
  const seen = new Set<object>();
  const waiting: Part[] = [{ value: options, path: [] }];
  for (let part = waiting.pop(); part !== undefined && seen.size < PARTS_MAX; part = waiting.pop()) {
    const { value, path } = part;
    if (!isLookedAt(value) || seen.has(value)) continue;
    seen.add(value);
    if (path.length > DEPTH_MAX) return { path: path.slice(0, 1), reason: 'nested too deep' };
    const problem = pushParts(value, path, waiting);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Functions too: a proxy of one can be revoked. */
function isLookedAt(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function pushParts(value: object, path: readonly PropertyKey[], waiting: Part[]): UnreadablePart | undefined {
  let at = path;
  try {
    // A revoked proxy has no kind. Schemas and messages ask for the kind as well.
    Object.prototype.toString.call(value);
    if (ArrayBuffer.isView(value) || typeof value === 'function') return undefined;
    for (const key of keysOf(value)) {
      at = [...path, key];
      waiting.push({ value: (value as Readonly<Record<PropertyKey, unknown>>)[key], path: at });
    }
    return undefined;
  } catch (thrown) {
    return { path: at, reason: messageOf(thrown) };
  }
}

/** Own names, and getters of classes: a schema reads both. */
function keysOf(value: object): readonly PropertyKey[] {
  if (Array.isArray(value)) return Array.from({ length: Math.min(value.length, PARTS_MAX) }, (_, at) => at);
  const names = Object.keys(value);
  let prototype: unknown = Object.getPrototypeOf(value);
  while (typeof prototype === 'object' && prototype !== null && prototype !== Object.prototype) {
    const described = Object.entries(Object.getOwnPropertyDescriptors(prototype));
    for (const [name, descriptor] of described) if ('get' in descriptor) names.push(name);
    prototype = Object.getPrototypeOf(prototype);
  }
  return names;
}
