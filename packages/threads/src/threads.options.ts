// The options of executors on threads: one schema is the source of the type, the checks and the defaults.
import { z } from 'zod';

const milliseconds = z.int().min(1).max(86_400_000);
const megabytes = z.int().min(1);

/** The options of the plugin. */
export const threadsOptionsSchema = z.strictObject({
  /** How many executors; default one for each core. `master: 'local[N]'` of a context says otherwise. */
  executors: z.int().min(1).max(9_999).optional(),
  /** Tasks that each executor runs at once: one computes, the others may wait for I/O. Default 2. */
  cores: z.int().min(1).max(1_000).default(2),
  /** The script that executors load, as a path or `import.meta.url`. Default: the one the process was started with. */
  program: z.string().min(1).optional(),
  /** How often executors are asked for a sign of life, in ms. Default 1,000. */
  heartbeatMs: milliseconds.default(1_000),
  /** After how long without one an executor is ended and replaced, in ms. Default 30,000. */
  heartbeatTimeoutMs: milliseconds.default(30_000),
  /** How long an executor may take to load the program, in ms. Default 30,000. */
  startTimeoutMs: milliseconds.default(30_000),
  /** The delay before an executor is replaced, in ms; it doubles after short lives. Default 500. */
  restartDelayMs: milliseconds.default(500),
  /** The longest such delay, in ms. Default 30,000. */
  restartDelayMaxMs: milliseconds.default(30_000),
  /** Limits of each thread's memory; default those of Node.js. */
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
