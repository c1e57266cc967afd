// Any library that implements Standard Schema (zod, valibot, …) can describe the options of plugins and receivers.

/** The part of the Standard Schema interface, version 1, on which Millrace relies. */
export interface OptionsSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** The outcome of a validation: a value, or a list of issues. */
export type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/** One issue of a validation. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * The arguments of a function with options: the argument may be absent when every option has a default or may be
 * absent. A function with `(...args: OptionsArgument<Input>)` is called as `f()` or `f({ … })`.
 */
export type OptionsArgument<Input> =
  Record<never, never> extends Input ? [options?: Input] : [options: Input];
