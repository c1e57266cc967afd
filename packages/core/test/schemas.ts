// Option schemas for tests, without a schema library.
import type { OptionsSchema, SchemaIssue, SchemaResult } from '../src/contracts/options-schema.ts';

/** A schema that answers what the function does. */
export function schemaOf<Input, Output = Input>(
  validate: (value: Input) => SchemaResult<Output> | Promise<SchemaResult<Output>>,
): OptionsSchema<Input, Output> {
  return { '~standard': { version: 1, vendor: 'test', validate: (value) => validate(value as Input) } };
}

/** A schema that takes whatever comes. */
export function anything<T>(): OptionsSchema<T, T> {
  return schemaOf<T>((value) => ({ value }));
}

/** A schema that refuses whatever comes. */
export function refusing<T>(...issues: readonly SchemaIssue[]): OptionsSchema<T, T> {
  return schemaOf<T>(() => ({ issues }));
}
