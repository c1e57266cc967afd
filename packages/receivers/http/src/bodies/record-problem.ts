// Whether a parsed record may go into the engine. JSON can say things that no block can hold: a record that the codec
// refuses would fail the whole block it is in, after its request was read and long before it is answered, and one
// client could stop all others. So they are refused at the door, where it costs its sender alone.

/** Nesting beyond this is refused. The codec takes 100 levels; what is real has a handful. */
export const DEPTH_MAX = 64;

/** Why a value parsed from JSON cannot be a record; undefined when it can. */
export function problemOfRecord(value: unknown): string | undefined {
  return problemOf(value, 1);
}

function problemOf(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return problemOfText(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > DEPTH_MAX) return `expected at most ${DEPTH_MAX} levels of nesting`;
  return Array.isArray(value) ? problemOfItems(value, depth) : problemOfFields(value, depth);
}

function problemOfItems(items: readonly unknown[], depth: number): string | undefined {
  for (const item of items) {
    const problem = problemOf(item, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOfFields(fields: object, depth: number): string | undefined {
  for (const [key, value] of Object.entries<unknown>(fields as Record<string, unknown>)) {
    const problem = problemOfText(key) ?? problemOfKey(key, value) ?? problemOf(value, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOfText(text: string): string | undefined {
  return text.isWellFormed() ? undefined : 'expected whole characters, got half of a surrogate pair';
}

/** Keys that no honest record has, and that change prototypes when a job merges records without care. */
function problemOfKey(key: string, value: unknown): string | undefined {
  if (key === '__proto__') return 'expected no key __proto__';
  if (key !== 'constructor' || typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, 'prototype') ? 'expected no key prototype inside of constructor' : undefined;
}
