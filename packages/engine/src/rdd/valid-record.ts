// The operator `validate`: the record that a schema makes of each record. A record that the schema does not accept fails like
// a record for which a function throws; the issues of the schema are the reason. Number and length of the issues are
// bounded, because a large record may have an issue for each of its fields.
import type { OptionsSchema } from '@millrace/core';
import { formatPath, type SchemaIssue, type SchemaResult } from '@millrace/core/engine';
import { synchronous } from './synchronous.ts';
import { recordError } from '../record-errors/record-error-codes.ts';

/** The most issues in an error. */
const ISSUES_MAX = 10;
/** The most characters of a path or a message. */
const TEXT_CHARACTERS_MAX = 200;

/** True for an object, or a function, with the interface of Standard Schema. */
export function isRecordSchema(value: unknown): value is OptionsSchema {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const { '~standard': standard } = value as { readonly '~standard'?: Partial<OptionsSchema['~standard']> };
  return typeof standard === 'object' && standard !== null && typeof standard.validate === 'function';
}

/**
 * A function that returns the output of the schema for a record.
 *
 * @throws by the function: `MR_RECORD_INVALID`; `MR_RDD_FUNCTION_ASYNCHRONOUS` for a schema with asynchronous checks.
 */
export function validBy<Output>(schema: OptionsSchema<unknown, Output>): (record: unknown) => Output {
  return (record) => {
    const result = synchronous('validate', schema['~standard'].validate(record)) as SchemaResult<Output>;
    if (result.issues === undefined) return result.value;
    throw invalidRecord(result.issues);
  };
}

function invalidRecord(all: readonly SchemaIssue[]): Error {
  const issues = all.slice(0, ISSUES_MAX).map(issueOf);
  const more = all.length - issues.length;
  const told = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  const error = recordError(
    'MR_RECORD_INVALID',
    `expected a record that the schema of validate accepts, got one with ${told}${more > 0 ? `; and ${more} more` : ''}`,
    { details: { issues, ...(more > 0 ? { moreIssues: more } : {}) } },
  );
  // Made inside the engine: the stack names no line of the program.
  delete error.stack;
  return error;
}

/** The issue as data; foreign schemas may break the types. */
function issueOf({ path = [], message }: SchemaIssue): { readonly path: string; readonly message: string } {
  const keys = path.map((part) => (typeof part === 'object' ? part.key : part));
  return {
    path: cut(formatPath(keys)),
    message: cut(typeof message === 'string' ? message : 'is not valid'),
  };
}

function cut(text: string): string {
  return text.length <= TEXT_CHARACTERS_MAX ? text : `${text.slice(0, TEXT_CHARACTERS_MAX - 1)}…`;
}
