// Runs the program over a real PostgreSQL and a real Kafka, kills the program in the middle, and reads the topic.
import { Consumer, MessagesStreamModes } from '@platformatic/kafka';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type RealKafka, startKafka } from '../../tools/servers/real-kafka.ts';
import { notInstalled, type RealServer, startServer } from '../../tools/servers/real-server.ts';
import { RunningProgram } from '../test/running-program.ts';

const LIMIT_MS = 120_000;
const ARTICLES = 20;
const ROUNDS = 30;

let kafka: RealKafka | undefined;
let postgres: RealServer | undefined;
beforeAll(async () => {
  [kafka, postgres] = await Promise.all([startKafka(), startServer('postgres')]);
}, LIMIT_MS);
afterAll(() => Promise.all([kafka?.stop(), postgres?.stop()]), LIMIT_MS);

interface Change {
  readonly operation: string;
  readonly row: { readonly sku: string; readonly count: number } | null;
}

it('has every change once, in order, also after a kill', { timeout: LIMIT_MS }, async ({ skip }) => {
  if (kafka === undefined) return skip(notInstalled('kafka'));
  if (postgres === undefined) return skip(notInstalled('postgres'));
  const url = `postgres://postgres@127.0.0.1:${postgres.port}/postgres`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const topic = new Topic(kafka.address);
  try {
    await client.query('CREATE TABLE stock (sku text PRIMARY KEY, count integer NOT NULL)');
    await client.query('CREATE PUBLICATION stock FOR TABLE stock');
    const env = { DATABASE_URL: url, KAFKA: kafka.address };
    const program = await RunningProgram.start({ name: 'postgres-to-kafka', env });
    const change = async (count: number): Promise<void> => {
      for (let article = 0; article < ARTICLES; article += 1) {
        await client.query(
          'INSERT INTO stock VALUES ($1, $2) ON CONFLICT (sku) DO UPDATE SET count = excluded.count',
          [`article-${article}`, count],
        );
      }
    };
    for (let count = 0; count < ROUNDS / 2; count += 1) await change(count);
    await topic.open();
    await vi.waitUntil(() => topic.changes.length > 0, { timeout: 90_000 });
    await program.kill();
    for (let count = ROUNDS / 2; count < ROUNDS; count += 1) await change(count);
    await client.query("DELETE FROM stock WHERE sku = 'article-0'");
    await program.restart();
    const isComplete = () => topic.changes.length > ROUNDS * ARTICLES;
    await vi.waitUntil(isComplete, { timeout: 60_000 });
    const { code, errors } = await program.stop();
    expect(errors).not.toMatch(/"level":"(error|fatal)"/);
    expect(code).toBe(0);
    const counts = Array.from({ length: ROUNDS }, (_, count) => count);
    for (let article = 0; article < ARTICLES; article += 1) {
      const rows = topic.changes.flatMap(({ row }) => (row?.sku === `article-${article}` ? [row.count] : []));
      expect(rows).toEqual(counts);
    }
    expect(topic.changes).toHaveLength(ROUNDS * ARTICLES + 1);
  } finally {
    await Promise.all([topic.close(), client.end()]);
  }
});

/** The committed messages of the topic, as they come. */
class Topic {
  readonly changes: Change[] = [];
  readonly #consumer: Consumer;

  constructor(address: string) {
    this.#consumer = new Consumer({
      clientId: 'reader',
      groupId: 'reader',
      bootstrapBrokers: [address],
      retries: 100,
      retryDelay: 100,
    });
  }

  /** Reads from the first message on. The topic has to be there. */
  async open(): Promise<void> {
    const stream = await this.#consumer.consume({
      topics: ['stock-changes'],
      mode: MessagesStreamModes.EARLIEST,
      isolationLevel: 1,
      maxWaitTime: 100,
    });
    stream.on('data', ({ value }) => this.changes.push(JSON.parse(value.toString()) as Change));
  }

  async close(): Promise<void> {
    await this.#consumer.close(true);
  }
}
