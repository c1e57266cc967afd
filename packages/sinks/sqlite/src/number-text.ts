// Texts that SQLite converts to numbers in a column of numbers, and the numbers that this conversion changes. A number of more
// than 64 bits, or with a fraction, becomes a double.
// https://www.sqlite.org/datatype3.html#type_affinity
import type { Affinity } from './column-affinity.ts';
import { isInteger64 } from './integer-64.ts';

const WHOLE_NUMBER = /^\s*[+-]?\d+\s*$/;
const NUMBER = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?\s*$/i;
/** Shorter texts without an exponent keep their value in any column. */
const LONG_DIGITS = 16;

/** False for the text of a number that a column with this affinity would change to another number. */
export function isTextKept(text: string, affinity: Affinity): boolean {
  if (affinity === 'TEXT' || affinity === 'BLOB') return true;
  if (text.length < LONG_DIGITS && !/e/i.test(text)) return true;
  if (WHOLE_NUMBER.test(text)) {
    const integer = BigInt(text.trim().replace('+', ''));
    return (affinity !== 'REAL' && isInteger64(integer)) || BigInt(Number(integer)) === integer;
  }
  const digits = decimalOf(text);
  return digits === undefined || digits === decimalOf(String(Number(text)));
}

/** `-0.0120e3` → `-12e0`: equal for texts of the same number; undefined for any other text. */
function decimalOf(text: string): string | undefined {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  const digits = `${whole}${fraction}`;
  if (digits === '') return undefined;
  let [begin, end] = [0, digits.length];
  while (digits[begin] === '0') begin += 1;
  if (begin === end) return '0';
  while (digits[end - 1] === '0') end -= 1;
  const power = Number(exponent) - fraction.length + digits.length - end;
  return `${sign === '-' ? '-' : ''}${digits.slice(begin, end)}e${power}`;
}
