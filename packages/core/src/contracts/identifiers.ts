// Identifiers of the parts of an engine. Identifiers are plain numbers and strings, because they cross threads and
// processes inside messages. Each identifier has a type of its own, so that signatures are unambiguous.

/** A stream with a source of its own, numbered from 0 in the order in which the program made the streams. */
export type StreamId = number;

/**
 * The identity of a batch: milliseconds since the epoch, zero time + k × batch interval (BAT-2). The time is nominal:
 * the time at which the batch was due, not the time of the run. The identity stays the same on every re-run (BAT-4).
 */
export type BatchTime = number;

/**
 * The name of a block: `input-<stream>-<attempt>-<sequence>`. The driver assigns each start of a receiver an attempt
 * with the epoch of the driver inside. A name therefore never repeats, even when a clock is set back, a receiver is
 * restarted or a driver draws the same random numbers as an earlier driver.
 */
export type BlockId = string;

/**
 * One start of one receiver, unique over the life of the application; part of every block's name. Form:
 * `<epoch>.<number>.<drawn>`; earlier versions drew the whole id at random.
 */
export type ReceiverAttemptId = string;

/** The name of an executor, unique during the life of the driver: a replacement gets a new name. */
export type ExecutorId = string;

/**
 * The generation of a driver. A driver that takes over has a higher epoch, and messages of an older epoch are refused:
 * a stalled driver that resumes can do no harm.
 */
export type Epoch = number;

/** A batch from the view of outputs: sufficient for recognising a re-run and writing the results once. */
export interface BatchIdentity {
  /** The application's name, chosen by the user. The name must stay the same for a re-run to be recognised. */
  readonly application: string;
  /** The nominal time of the batch. */
  readonly batchTime: BatchTime;
}

/** The only text form of a batch identity, fit for a file name, a ledger row or a log line. */
export function batchId(batch: BatchIdentity): string {
  return `${batch.application}-${batch.batchTime}`;
}
