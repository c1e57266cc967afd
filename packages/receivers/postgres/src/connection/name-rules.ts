// The rules of names. PostgreSQL cuts a longer name in silence, and would then mean another table or channel.
import { option, type OptionRule } from '@millrace/core/engine';

const NAME_BYTES_MAX = 63;

/** True for a name that PostgreSQL does not cut. */
export function isName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    !value.includes('\0') &&
    Buffer.byteLength(value) <= NAME_BYTES_MAX
  );
}

/** True for a list of such names, each once, at least one. */
export function areNames(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every(isName) && new Set(value).size === value.length
  );
}

/** The rule of a name. */
export function nameRule(fallback?: string): OptionRule<string> {
  return option('a name of at most 63 bytes', isName, fallback);
}
