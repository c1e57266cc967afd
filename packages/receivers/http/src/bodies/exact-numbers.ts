// Numbers that a double cannot hold. `JSON.parse` takes the nearest double in silence: the integer 9007199254740993 becomes
// …992, and 1e400 becomes Infinity. A large integer is often an identifier, so a changed digit names another thing. Rounded
// fractions stay, as in every reader of JSON. Reading the source text of each number costs several plain parses. The exact
// reading therefore runs only for records in which a plain parse met a number from 2^53 on.

/** An integer without exponent. */
const INTEGER = /^-?\d+$/;

/** The digits of a number before its exponent. */
const MANTISSA = /^-?(\d+)(?:\.(\d+))?(?:[eE]|$)/;

/** Every double holds this many significant digits. */
const SAFE_DIGITS = 15;
/** The most digits that `toPrecision` writes. */
const PRECISION_MAX = 100;

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
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return false;
  return INTEGER.test(source) ? BigInt(value) !== BigInt(source) : !hasDigitsOf(value, source);
}

/** True when the double, rounded to as many digits as the text has, is the text: 9007199254740993.0 fails, 1e23 does not. */
function hasDigitsOf(value: number, source: string): boolean {
  const [, whole = '', fraction = ''] = MANTISSA.exec(source) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '').replace(/0+$/, '');
  if (digits.length <= SAFE_DIGITS) return true;
  if (digits.length > PRECISION_MAX) return false;
  const held = /\d+(?:\.\d+)?/.exec(Math.abs(value).toPrecision(digits.length))?.[0] ?? '';
  return held.replace('.', '').replace(/0+$/, '') === digits;
}
