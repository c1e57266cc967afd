// The instrumentation scope.

/** The name of the instrumentation scope of meters and tracers. */
export const SCOPE_NAME = '@millrace/opentelemetry';
