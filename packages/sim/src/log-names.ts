// The names of the logs of a simulated engine, below the directory of logs.

/** What the driver has decided. */
export const DECISIONS = 'received-block-metadata';

/** The beginning of the names of logs with blocks: each executor has its own. */
export const BLOCKS = 'blocks';
