// The schema of records, from any library that implements Standard Schema (zod, valibot, arktype, …).
import type { OptionsSchema } from '@millrace/core';
import type { SchemaResult } from '@millrace/core/engine';

/** A schema of Standard Schema, version 1. */
export type RecordSchema = OptionsSchema<unknown, unknown>;

/** The type of the records that a schema returns. */
export type RecordOf<S extends RecordSchema> = NonNullable<S['~standard']['types']>['output'];

/** Validates one record: the record to store, or the issues; at once or later. */
export type ValidateRecord = (record: unknown) => SchemaResult<unknown> | PromiseLike<SchemaResult<unknown>>;

/** True for an object, or a function, with the interface of Standard Schema. */
export function isRecordSchema(value: unknown): value is RecordSchema {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const standard: unknown = (value as { readonly '~standard'?: unknown })['~standard'];
  return (
    typeof standard === 'object' &&
    standard !== null &&
    typeof (standard as { readonly validate?: unknown }).validate === 'function'
  );
}

/** The validation of a schema. A schema is no plain data, so the options hold this function instead. */
export function validateBy(schema: RecordSchema): ValidateRecord {
  return (record) => schema['~standard'].validate(record);
}
