// The followers of a stream, as the leader of the stream describes them, for observers. Asked when an observer reads, with at most
// one question under way: the answer is in the next reading.
import type { Clock } from '@millrace/core';
import type { LogFollowers } from '@millrace/core/observation';
import type { StreamApi } from './stream-api.ts';
import type { StreamInfo } from './stream-shapes.ts';

/** See the header of this file. */
export class StreamFollowers {
  readonly #api: Pick<StreamApi, 'info'>;
  readonly #clock: Clock;
  #isAsking = false;
  #told: (Omit<LogFollowers, 'ageMs'> & { readonly atMs: number }) | undefined;

  constructor(api: Pick<StreamApi, 'info'>, clock: Clock) {
    this.#api = api;
    this.#clock = clock;
  }

  /** The newest answer; undefined: none has come. */
  get newest(): LogFollowers | undefined {
    if (this.#told === undefined) return undefined;
    const { atMs, ...followers } = this.#told;
    return { ...followers, ageMs: this.#clock.monotonicMs() - atMs };
  }

  /** Asks the leader, unless a question is under way. Returns at once, and never throws. */
  ask(stream: string): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#api
      .info(stream)
      .then(
        (info) => this.#take(info),
        // The newest answer stays and grows old; the writes of the log tell of the failure.
        () => undefined,
      )
      .finally(() => {
        this.#isAsking = false;
      });
  }

  #take(info: StreamInfo | undefined): void {
    if (info === undefined || (info.config.num_replicas > 1 && info.cluster?.leader === undefined)) return;
    const replicas = info.cluster?.replicas ?? [];
    this.#told = {
      count: replicas.length,
      behind: replicas.filter(({ current, offline }) => !current || offline === true).length,
      lag: replicas.reduce((most, { lag = 0 }) => Math.max(most, lag), 0),
      atMs: this.#clock.monotonicMs(),
    };
  }
}
