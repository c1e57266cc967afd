// Gives the records of dead letters out again, and marks what was given out.
import { NodeStorage } from '@millrace/core';
import { type LetterFile, lettersIn } from './letter-files.ts';
import { type ReadDeadLettersOptions, selectedFiles } from './read-dead-letters.ts';
import { ReplayMarks } from './replay-marks.ts';

/** Takes records as JSON, each one line without its end; resolves when the destination has all of them safely. */
export type DeliverRecords = (records: readonly string[]) => Promise<void>;

/** The letters to replay. */
export interface ReplayDeadLettersOptions extends ReadDeadLettersOptions {
  /** True: also records that were replayed before. Default false. */
  readonly again?: boolean;
  /** The largest number of records of one delivery. Default 100. */
  readonly recordsPerDelivery?: number;
  /** Ends the replay before the next delivery. */
  readonly signal?: AbortSignal;
}

/** The outcome of a replay. */
export interface ReplayReport {
  /** Records that were delivered. */
  readonly replayed: number;
  /** Records that an earlier replay had delivered. */
  readonly before: number;
  /** Letters whose record is no JSON and cannot be delivered, in each replay again: see `DeadLetter.recordForm`. */
  readonly notReplayable: number;
}

/**
 * Delivers the records of the dead letters in a directory, in the order of `readDeadLetters`. Every delivery is marked
 * before the next one, so a second replay continues after the last marked delivery. A replay that dies between a
 * delivery and its mark repeats this one delivery.
 *
 * ```ts
 * await replayDeadLetters('./dead-letters', deliverToUrl('http://localhost:8080/orders'));
 * ```
 *
 * @throws the errors of `deliver` and of the signal; `MR_STORAGE_LOCKED` while another replay of the directory runs;
 *   `MR_SINK_FILES_NO_LETTER`, `MR_STORAGE_…`
 */
export async function replayDeadLetters(
  directory: string,
  deliver: DeliverRecords,
  options: ReplayDeadLettersOptions = {},
): Promise<ReplayReport> {
  const { storage = new NodeStorage() } = options;
  const files = await selectedFiles(storage, directory, options);
  if (files.length === 0) return { replayed: 0, before: 0, notReplayable: 0 };
  const marks = new ReplayMarks(storage, directory);
  const release = await marks.open();
  try {
    const replay = new Replay(marks, deliver, { ...options, storage });
    for (const file of files) await replay.file(file);
    return replay.report;
  } finally {
    await release();
  }
}

/** One replay. */
class Replay {
  readonly #marks: ReplayMarks;
  readonly #deliver: DeliverRecords;
  readonly #options: ReplayDeadLettersOptions & Required<Pick<ReplayDeadLettersOptions, 'storage'>>;
  #replayed = 0;
  #before = 0;
  #notReplayable = 0;

  constructor(
    marks: ReplayMarks,
    deliver: DeliverRecords,
    options: ReplayDeadLettersOptions & Required<Pick<ReplayDeadLettersOptions, 'storage'>>,
  ) {
    this.#marks = marks;
    this.#deliver = deliver;
    this.#options = options;
  }

  get report(): ReplayReport {
    return { replayed: this.#replayed, before: this.#before, notReplayable: this.#notReplayable };
  }

  async file(file: LetterFile): Promise<void> {
    const { storage, stream, again = false, recordsPerDelivery = 100 } = this.#options;
    const marked = await this.#marks.of(file.name);
    let waiting: string[] = [];
    let last = 0;
    for await (const { letter, line } of lettersIn(storage, file)) {
      if (stream !== undefined && letter.stream !== stream) return;
      const isMarked = line <= marked && !again;
      if (!isMarked) last = line;
      if (letter.recordForm !== 'json') this.#notReplayable += 1;
      else if (isMarked) this.#before += 1;
      else waiting.push(letter.record);
      if (waiting.length < recordsPerDelivery) continue;
      await this.#give(waiting, file, Math.max(last, marked));
      waiting = [];
    }
    if (last > 0) await this.#give(waiting, file, Math.max(last, marked));
  }

  async #give(records: readonly string[], { name }: LetterFile, upTo: number): Promise<void> {
    this.#options.signal?.throwIfAborted();
    if (records.length > 0) await this.#deliver(records);
    this.#replayed += records.length;
    await this.#marks.set(name, upTo);
  }
}
