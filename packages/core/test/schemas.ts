// Option schemas for tests, without a schema library.
import type { OptionsSchema, SchemaIssue, SchemaResult } from '../src/contracts/options-schema.ts';

/** A schema that returns the result of the function. */
export function schemaOf<Input, Output = Input>(
  validate: (value: Input) => SchemaResult<Output> | Promise<SchemaResult<Output>>,
): OptionsSchema<Input, Output> {
  return { '~standard': { version: 1, vendor: 'test', validate: (value) => validate(value as Input) } };
}

/** A schema that accepts any value. */
export function anything<T>(): OptionsSchema<T, T> {
  return schemaOf<T>((value) => ({ value }));
}

/** A schema that refuses any value. */
export function refusing<T>(...issues: readonly SchemaIssue[]): OptionsSchema<T, T> {
  return schemaOf<T>(() => ({ issues }));
}
