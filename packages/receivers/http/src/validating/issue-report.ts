// The report about the rejected records of one body. The number and the size of issues are bounded, because a body of
// many bad records would have an answer larger than itself. Messages come from a foreign schema, and some libraries
// repeat the value in the message, so messages that contain a secret are left out.
import { formatPath, isSecretName, redactText, type SchemaIssue } from '@millrace/core/engine';
import type { RecordPlace, RejectedRecord, ReportedIssue } from './rejected-record.ts';

/** Most issues of an answer. */
const ISSUES_MAX = 100;
/** Most issues of one record, so that one bad record leaves room for others. */
const ISSUES_A_RECORD_MAX = 10;
const TEXT_CHARACTERS_MAX = 200;
/** Most values of a record that are looked at for secrets; a record with more gets no messages. */
const VALUES_MAX = 10_000;

const UNTOLD = 'is not valid';

/** The issues of one answer. */
export class IssueReport {
  #left = ISSUES_MAX;

  /** Reports a rejected record. */
  rejected(place: RecordPlace, record: unknown, issues: readonly SchemaIssue[]): RejectedRecord {
    const { index, line } = place;
    const told = Math.min(this.#left, ISSUES_A_RECORD_MAX, issues.length);
    this.#left -= told;
    const where = { index, ...(line === undefined ? {} : { line }) };
    if (told === 0) return where;
    const secrets = secretTextsOf(record);
    const more = issues.length - told;
    return {
      ...where,
      issues: issues.slice(0, told).map((issue) => reported(issue, secrets)),
      ...(more === 0 ? {} : { moreIssues: more }),
    };
  }
}

/** Undefined when the record has too many values. */
type SecretTexts = readonly string[] | undefined;

function reported(issue: SchemaIssue, secrets: SecretTexts): ReportedIssue {
  const keys = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
  const given: unknown = issue.message;
  const message = typeof given === 'string' ? given : UNTOLD;
  const isSecret =
    secrets === undefined ||
    keys.some((key) => isSecretName(String(key))) ||
    secrets.some((secret) => message.includes(secret));
  return { path: cleaned(formatPath(keys)), message: isSecret ? UNTOLD : cleaned(message) };
}

function cleaned(text: string): string {
  const redacted = redactText(text);
  const cut =
    redacted.length <= TEXT_CHARACTERS_MAX ? redacted : `${redacted.slice(0, TEXT_CHARACTERS_MAX - 1)}…`;
  return cut.toWellFormed();
}

/** The texts under names of secrets, at any depth. Parsed JSON has no circles. */
function secretTextsOf(record: unknown): SecretTexts {
  const found = new Set<string>();
  const waiting = [{ value: record, isSecret: false }];
  for (const { value, isSecret } of waiting) {
    if (isSecret && (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')) {
      if (value !== '') found.add(String(value));
    }
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, child] of Object.entries(value)) {
      if (waiting.length >= VALUES_MAX) return undefined;
      waiting.push({ value: child, isSecret: isSecret || isSecretName(name) });
    }
  }
  return [...found];
}
