// The public names of @millrace/opentelemetry, listed one by one.

/** The name of the instrumentation scope of meters and tracers. */
export const SCOPE_NAME = '@millrace/opentelemetry';
