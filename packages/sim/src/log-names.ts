// The names of the logs of a simulated engine, below the directory of logs.

/** The log of the driver's decisions. */
export const DECISIONS = 'received-block-metadata';

/** The prefix of the names of logs with blocks: each executor has a separate log. */
export const BLOCKS = 'blocks';
