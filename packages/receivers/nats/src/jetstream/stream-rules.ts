// The rules of the options about streams, common to the receivers of JetStream.
import { option, type OptionRule, required } from '@millrace/core/engine';

/** The place of the first record of a reader without a place of its own. */
export type JetStreamStart =
  'earliest' | 'latest' | { readonly timestampMs: number } | { readonly sequence: number };

/** Names of streams, consumers and domains: no white space, dots, wildcards and slashes. */
const NAME = /^[^\s.*>/\\]{1,255}$/;
const SUBJECT = /^[^\s.]+(?:\.[^\s.]+)*$/;

/** The rule of a name. */
export function nameRule(what: string): OptionRule<string> {
  return option<string>(what, (value) => typeof value === 'string' && NAME.test(value));
}

/** The rule of a required name. */
export function requiredName(what: string): OptionRule<string> {
  return required(nameRule(what));
}

/** True for a list of subjects, each once, which may have wildcards. */
export function isSubjectList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((one) => typeof one === 'string' && SUBJECT.test(one)) &&
    new Set(value).size === value.length
  );
}

/** The expectation of a list of subjects. */
export const SUBJECTS_EXPECTED = 'list of subjects, each once';

/** The rule of the option `from`. */
export const START_RULE: OptionRule<JetStreamStart> = option<JetStreamStart>(
  "'earliest', 'latest', { timestampMs } or { sequence }",
  isStart,
  'earliest',
);

function isStart(value: unknown): boolean {
  if (value === 'earliest' || value === 'latest') return true;
  const entries = Object.entries(Object(value) as Readonly<Record<string, unknown>>);
  const [[name, number] = []] = entries;
  if (entries.length !== 1 || !Number.isSafeInteger(number)) return false;
  return name === 'timestampMs' ? (number as number) >= 0 : name === 'sequence' && (number as number) >= 1;
}
