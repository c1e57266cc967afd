// Numbers whose text says more than a double holds. `JSON.parse` takes the nearest double without a word: the integer
// 9007199254740993 becomes …992, and 1e400 becomes Infinity. Fractions are rounded too, as every reader of JSON does; an
// integer is mostly an identifier, and another identifier is another thing. Reading each number's text costs several times
// a plain parse, so it is done only for records in which a plain parse met a number from 2^53 on.

/** A whole number without exponent. */
const INTEGER = /^-?\d+$/;

/** The reviver of JSON.parse with source text access, which the type library does not know yet. */
type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

const parse = JSON.parse as (text: string, reviver: SourceReviver) => unknown;

/** A text of JSON that was read number by number. */
export interface ExactReading {
  readonly value: unknown;
  /** The text of the first number that no value holds; undefined where there is none. */
  readonly inexact: string | undefined;
}

/** Parses a text that `JSON.parse` takes. With `bigints`, integers that a double would change are bigints. */
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
