// A column of the table, as far as values of records depend on it. The server wraps numbers that do not fit an integer, so their
// range is known here.

/** A column that gets a value of each record. */
export interface ClickhouseTypedColumn {
  /** The name of the record's field. */
  readonly name: string;
  /** The name in JSON with a colon. */
  readonly field: string;
  /** The type, in the spelling of the server. */
  readonly type: string;
  readonly isNullable: boolean;
  /** The least and the greatest value of an integer; undefined for any other type. */
  readonly range: readonly [least: bigint, greatest: bigint] | undefined;
  /** The same range for numbers without a fraction that a JavaScript number holds exactly. */
  readonly safeRange: readonly [least: number, greatest: number];
  /** True for numbers with a fraction of binary digits. */
  readonly isFloat: boolean;
}

const WRAPPERS = /^(?:Nullable|LowCardinality)\((.*)\)$/;
const INTEGER = /^(U?)Int(8|16|32|64|128|256)$/;
/** Types that have a null of their own. */
const WITH_NULL = /^(?:Nullable|Dynamic|Variant|JSON|Object)\b/;

/** The column of a name and a type. */
export function sentColumn(name: string, type: string): ClickhouseTypedColumn {
  let inner = type;
  let isNullable = WITH_NULL.test(type);
  for (let wrapped = WRAPPERS.exec(inner); wrapped !== null; wrapped = WRAPPERS.exec(inner)) {
    inner = wrapped[1] ?? '';
    isNullable ||= WITH_NULL.test(inner);
  }
  const range = rangeOf(inner);
  return {
    name,
    field: `${JSON.stringify(name)}:`,
    type,
    isNullable,
    range,
    safeRange: [
      Math.max(Number.MIN_SAFE_INTEGER, Number(range?.[0] ?? -Infinity)),
      Math.min(Number.MAX_SAFE_INTEGER, Number(range?.[1] ?? Infinity)),
    ],
    isFloat: /^B?Float\d+$/.test(inner),
  };
}

function rangeOf(type: string): ClickhouseTypedColumn['range'] {
  const [, unsigned, bits] = INTEGER.exec(type) ?? [];
  if (bits === undefined) return undefined;
  const size = BigInt(bits);
  return unsigned === 'U' ? [0n, 2n ** size - 1n] : [-(2n ** (size - 1n)), 2n ** (size - 1n) - 1n];
}
