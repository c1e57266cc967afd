// The life of the receiver behind `postgresRows`. One object is one connection; after a failure the receiver requests a restart,
// and the next object goes on behind the last registered row.
import type { Receiver, ReceiverContext } from '@millrace/core';
import type { MalformedReaction } from '@millrace/core/engine';
import { postgresFailure } from '../connection/postgres-failure.ts';
import { rowDecoder } from '../decoding/column-values.ts';
import { malformedReaction } from '../decoding/malformed.ts';
import { NewsSignal } from './news-signal.ts';
import type { PostgresRowsOptions } from './rows-options.ts';
import { keptPosition, type PostgresRowsPosition } from './rows-position.ts';
import { RowsReading } from './rows-reading.ts';
import { RowsSource } from './rows-source.ts';

/** The place of the first row of a life. */
interface Beginning {
  readonly after: PostgresRowsPosition | undefined;
  readonly since: string;
}

/** Reads one table in the order of its rows. */
export class RowsReceiver implements Receiver<unknown> {
  readonly #options: PostgresRowsOptions;
  #source: RowsSource | undefined;
  #malformed: MalformedReaction | undefined;
  #read: Promise<void> | undefined;

  constructor(options: PostgresRowsOptions) {
    this.#options = options;
  }

  /** Resolves when the table was found. */
  async start(context: ReceiverContext<unknown>): Promise<void> {
    try {
      const source = await RowsSource.open(this.#options, context, (opened) => {
        this.#source = opened;
      });
      const beginning = await beginningOf(source, context);
      const news = new NewsSignal(context.clock, context.signal);
      source.session.onLost(() => news.tell());
      await source.listen(() => news.tell());
      if (context.signal.aborted) return;
      context.log.info('receiver reads a table', { table: source.table.sql, ...beginning.after });
      this.#read = this.#readFrom(beginning, { source, context, news });
    } catch (error) {
      // A start that was interrupted by a stop is no failure.
      if (!context.signal.aborted) throw this.#failure('find', error);
    }
  }

  /** Ends the connection, and resolves when nothing is read any more. */
  async stop(): Promise<void> {
    this.#source?.session.destroy();
    await this.#read;
    await this.#source?.close();
    this.#malformed?.end();
  }

  /** Never rejects. */
  async #readFrom(
    { after, since }: Beginning,
    life: {
      readonly source: RowsSource;
      readonly context: ReceiverContext<unknown>;
      readonly news: NewsSignal;
    },
  ): Promise<void> {
    const { source, context, news } = life;
    const { onMalformed, pollIntervalMs, maxBytesInFlight } = this.#options;
    this.#malformed = malformedReaction(context, onMalformed);
    const deps = {
      context,
      source,
      decode: rowDecoder(source.table.columns),
      malformed: this.#malformed,
      news,
      pollIntervalMs,
      maxBytes: maxBytesInFlight,
      table: source.table.sql,
    };
    try {
      await new RowsReading(deps, after, since).read();
    } catch (error) {
      if (context.signal.aborted) return;
      const failure = this.#failure('read', error);
      context.restart(failure.message, failure);
    }
  }

  #failure(verb: string, error: unknown) {
    return postgresFailure(error, `${verb} table ${JSON.stringify(this.#options.table)}`, this.#options);
  }
}

async function beginningOf(source: RowsSource, { resumeFrom }: ReceiverContext<unknown>): Promise<Beginning> {
  if (resumeFrom === undefined) return { after: undefined, since: await source.beginning() };
  const after = keptPosition(resumeFrom);
  await source.assertReached(after);
  return { after, since: after.since };
}
