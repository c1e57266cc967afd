// The public names of @millrace/opentelemetry, listed one by one.
