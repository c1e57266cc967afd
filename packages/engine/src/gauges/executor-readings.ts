// The readings of all executors from the view of the driver. Executors in this process are read at once. An executor
// elsewhere is asked at each reading, and its newest answer is given out with its age: a reading waits for no executor,
// and one that does not answer keeps its old amounts.
import type { Clock, Epoch, ExecutorBackend, ExecutorDescription, ExecutorId, Logger } from '@millrace/core';
import type { ExecutorReading } from '@millrace/core/observation';
import { checkedReading, type CheckedReading } from './checked-reading.ts';

/** Collaborators of `ExecutorReadings`. */
export interface ExecutorReadingsDeps {
  readonly backend: Pick<ExecutorBackend, 'executors' | 'ask'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** The epoch of the driver. */
  readonly epoch: () => Epoch;
  /** The reading of an executor in this process; undefined for an executor elsewhere. */
  readonly here: (executorId: ExecutorId) => ExecutorReading | undefined;
}

interface Answers {
  newest: { readonly reading: CheckedReading; readonly atMs: number } | undefined;
  /** At most one question to an executor is open. */
  isAsked: boolean;
}

/** Reads the executors of one driver. */
export class ExecutorReadings {
  readonly #deps: ExecutorReadingsDeps;
  /** The answers of the live executors elsewhere. */
  #answers = new Map<ExecutorId, Answers>();

  constructor(deps: ExecutorReadingsDeps) {
    this.#deps = deps;
  }

  /** The readings of the live executors, in order of arrival. Asks executors elsewhere for the next reading. */
  read(): readonly ExecutorReading[] {
    const { backend, here } = this.#deps;
    const executors = backend.executors();
    const answers = new Map<ExecutorId, Answers>();
    const readings = executors.map((executor) => {
      const { executorId } = executor;
      const own = here(executorId);
      if (own !== undefined) return own;
      const known = this.#answers.get(executorId) ?? { newest: undefined, isAsked: false };
      answers.set(executorId, known);
      if (!known.isAsked) void this.#ask(executorId, known);
      return this.#newestOf(executor, known);
    });
    this.#answers = answers;
    return readings;
  }

  #newestOf({ executorId, host, cores }: ExecutorDescription, { newest }: Answers): ExecutorReading {
    if (newest === undefined) return { executorId, host, cores, ...NOTHING };
    const ageMs = this.#deps.clock.monotonicMs() - newest.atMs;
    return { ...newest.reading, executorId, host, cores, ageMs };
  }

  async #ask(executorId: ExecutorId, answers: Answers): Promise<void> {
    const { backend, clock, log, epoch } = this.#deps;
    answers.isAsked = true;
    try {
      const reading = checkedReading(await backend.ask(executorId, 'ReadGauges', { epoch: epoch() }));
      if (reading === undefined) log.debug('an executor sent no valid gauges', { executorId });
      else answers.newest = { reading, atMs: clock.monotonicMs() };
    } catch (error) {
      log.debug('an executor did not send its gauges', { executorId, error });
    } finally {
      answers.isAsked = false;
    }
  }
}

const NOTHING = {
  runningTasks: 0,
  completedTasks: 0,
  blocks: { blocks: 0, bytes: 0, maxBytes: 0 },
  receivers: [],
} as const;
