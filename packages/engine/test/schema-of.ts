// A schema of records for tests, without a schema library.
import type { OptionsSchema } from '@millrace/core';
import type { SchemaResult } from '@millrace/core/engine';

/** A schema that returns the result of the function. */
export function schemaOf<Output>(
  validate: (record: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>,
): OptionsSchema<unknown, Output> {
  return { '~standard': { version: 1, vendor: 'test', validate } };
}
