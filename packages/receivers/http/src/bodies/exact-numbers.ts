// Numbers that a double cannot hold. `JSON.parse` takes the nearest double in silence: the integer 9007199254740993 becomes
// …992, and 1e400 becomes Infinity. A large integer is often an identifier, so a changed digit names another thing. Rounded
// fractions stay, as in every reader of JSON. Reading the source text of each number costs several plain parses. The exact
// reading therefore runs only for records in which a plain parse met a number from 2^53 on.

/** An integer without exponent. */
const INTEGER = /^-?\d+$/;

/** The reviver of JSON.parse with source text access, missing in the type library. */
type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

const parse = JSON.parse as (text: string, reviver: SourceReviver) => unknown;

/** Result of an exact reading. */
export interface ExactReading {
  readonly value: unknown;
  /** Text of the first number that no JavaScript value holds; undefined when all are held. */
  readonly inexact: string | undefined;
}

/** Parses valid JSON. With `bigints`, integers that a double would change become bigints. */
export function readExactly(text: string, { bigints }: { readonly bigints: boolean }): ExactReading {
  let inexact: string | undefined;
  const value = parse(text, (_, read, { source }) => {
    if (typeof read !== 'number' || source === undefined || !isInexact(read, source)) return read;
    if (bigints && INTEGER.test(source)) return BigInt(source);
    inexact ??= source;
    return read;
  });
  return { value, inexact };
}

function isInexact(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return true;
  return !Number.isSafeInteger(value) && INTEGER.test(source) && BigInt(value) !== BigInt(source);
}
