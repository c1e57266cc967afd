// The public names of @millrace/dashboard, listed one by one.

/** The port of a dashboard by default, as in Spark; a taken port leads to the next free one. */
export const DEFAULT_PORT = 4040;
