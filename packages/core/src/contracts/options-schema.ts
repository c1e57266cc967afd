// Options of plugins and receivers are described by any library that speaks Standard Schema (zod, valibot, …).

/** The part of the Standard Schema interface, version 1, that Millrace relies on. */
export interface OptionsSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a schema answers: a value, or what is wrong. */
export type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * The arguments of a function that takes options: none are needed when every option has a default or may be absent.
 * A function with `(...args: OptionsArgument<Input>)` is called as `f()` or `f({ … })`.
 */
export type OptionsArgument<Input> =
  Record<never, never> extends Input ? [options?: Input] : [options: Input];
