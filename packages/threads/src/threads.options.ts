// The options of executors on threads: one schema is the source of the type, the checks and the defaults.
import { z } from 'zod';

const milliseconds = z.int().min(1).max(86_400_000);
const megabytes = z.int().min(1);

/** The options of the plugin. */
export const threadsOptionsSchema = z.strictObject({
  /** The number of executors; default one per core. `master: 'local[N]'` of a context takes precedence. */
  executors: z.int().min(1).max(9_999).optional(),
  /** The number of concurrent tasks per executor: one task computes, the others may wait for I/O. Default 2. */
  cores: z.int().min(1).max(1_000).default(2),
  /** The script of the executors, as a path or `import.meta.url`. Default: the script that started the process. */
  program: z.string().min(1).optional(),
  /** The period of heartbeats, in ms. Default 1,000. */
  heartbeatMs: milliseconds.default(1_000),
  /** The time without a heartbeat after which an executor is terminated and replaced, in ms. Default 30,000. */
  heartbeatTimeoutMs: milliseconds.default(30_000),
  /** The time limit for loading the program on an executor, in ms. Default 30,000. */
  startTimeoutMs: milliseconds.default(30_000),
  /** The delay before an executor is replaced, in ms; doubled after short lives. Default 500. */
  restartDelayMs: milliseconds.default(500),
  /** The longest delay before an executor is replaced, in ms. Default 30,000. */
  restartDelayMaxMs: milliseconds.default(30_000),
  /** Limits of each thread's memory; default: the limits of Node.js. */
  resourceLimits: z
    .strictObject({
      maxOldGenerationSizeMb: megabytes.optional(),
      maxYoungGenerationSizeMb: megabytes.optional(),
      stackSizeMb: megabytes.optional(),
    })
    .optional(),
});

/** The options, complete. */
export type ThreadsOptions = Readonly<z.output<typeof threadsOptionsSchema>>;
