// The names that parts of an engine have for each other. They are plain numbers and strings, because they cross
// threads and processes inside messages; each has a type of its own, so that signatures say which one is meant.

/** A stream with a source of its own, numbered from 0 in the order in which the program made the streams. */
export type StreamId = number;

/**
 * The identity of a batch: milliseconds since the epoch, zero time + k × batch interval (BAT-2). It is nominal:
 * the time the batch was due, not the time it ran. It stays the same on every re-run (BAT-4).
 */
export type BatchTime = number;

/**
 * The name of a block: `input-<stream>-<attempt>-<sequence>`. The driver gives each start of a receiver an attempt of its
 * own, which holds the epoch of the driver; so a name never repeats, also when a clock is set back, a receiver is restarted
 * or a driver draws the same numbers as the one before it.
 */
export type BlockId = string;

/**
 * One start of one receiver, unique over the life of the application; part of every block's name. `<epoch>.<number>.<drawn>`
 * today, earlier versions drew it whole.
 */
export type ReceiverAttemptId = string;

/** The name of an executor, unique while the driver lives: a replacement gets a new one. */
export type ExecutorId = string;

/**
 * Which driver is speaking. A driver that takes over has a higher epoch, and what an older one sends is refused:
 * a stalled driver that wakes up can do no harm.
 */
export type Epoch = number;

/** A batch as outputs see it: enough to recognise a re-run and write its results once. */
export interface BatchIdentity {
  /** The application's name, chosen by the user; it must stay the same for a re-run to be recognised. */
  readonly application: string;
  /** The nominal time of the batch. */
  readonly batchTime: BatchTime;
}

/** The one text form of a batch identity, fit for a file name, a ledger row or a log line. */
export function batchId(batch: BatchIdentity): string {
  return `${batch.application}-${batch.batchTime}`;
}
