// Runs the program over a real Kafka and a real PostgreSQL, kills the program in the middle, and compares the table.
import { Admin, Producer } from '@platformatic/kafka';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type RealKafka, startKafka } from '../../tools/servers/real-kafka.ts';
import { notInstalled, type RealServer, startServer } from '../../tools/servers/real-server.ts';
import { RunningProgram } from '../test/running-program.ts';

const START_MS = 120_000;
const NOON = Date.parse('2026-11-30T12:00:00Z');
const ORDERS = 600;
const SECOND_MS = 1_000;

let kafka: RealKafka | undefined;
let postgres: RealServer | undefined;
beforeAll(async () => {
  [kafka, postgres] = await Promise.all([startKafka(), startServer('postgres')]);
}, START_MS);
afterAll(() => Promise.all([kafka?.stop(), postgres?.stop()]), START_MS);

/** One order a second: ten minutes. */
const orders = Array.from({ length: ORDERS }, (_, index) => ({
  product: index % 3 === 0 ? 'tea' : 'coffee',
  cents: 100 + index,
  atMs: NOON + index * SECOND_MS,
}));

/** The turnover by product and minute, of all minutes that have ended. */
const expected = (): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>();
  for (const { product, cents, atMs } of orders) {
    const minute = new Date(atMs - (atMs % 60_000)).toISOString();
    sums.set(`${product} ${minute}`, (sums.get(`${product} ${minute}`) ?? 0) + cents);
  }
  return sums;
};

async function createTopic({ address }: RealKafka): Promise<void> {
  const admin = new Admin({ clientId: 'shop', bootstrapBrokers: [address], retries: 100, retryDelay: 100 });
  await admin.createTopics({ topics: ['orders'], partitions: 2, replicas: 1 });
  await admin.close();
}

/** 0 before the program has made the table. */
async function rowCount(client: pg.Client): Promise<number> {
  const { rows } = await client.query(
    "SELECT count(*) FROM information_schema.tables WHERE table_name = 'turnover'",
  );
  if (rows[0].count === '0') return 0;
  return Number((await client.query('SELECT count(*) FROM turnover')).rows[0].count);
}

it(
  'has the turnover of each product and minute once, also after a kill',
  { timeout: START_MS },
  async ({ skip }) => {
    if (kafka === undefined) return skip(notInstalled('kafka'));
    if (postgres === undefined) return skip(notInstalled('postgres'));
    const producer = new Producer({
      clientId: 'shop',
      bootstrapBrokers: [kafka.address],
      retries: 100,
      retryDelay: 100,
      // An order that is sent again, because the answer was late, is in the topic once.
      idempotent: true,
    });
    const url = `postgres://postgres@127.0.0.1:${postgres.port}/postgres`;
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const send = (some: readonly (typeof orders)[number][]) =>
        producer.send({
          messages: some.map((order, index) => ({
            topic: 'orders',
            partition: index % 2,
            value: Buffer.from(JSON.stringify(order)),
          })),
        });
      await createTopic(kafka);
      await send(orders.slice(0, ORDERS / 2));
      const program = await RunningProgram.start({
        name: 'kafka-to-postgres',
        env: { KAFKA: kafka.address, DATABASE_URL: url },
      });
      await vi.waitUntil(() => rowCount(client), { timeout: 90_000, interval: 100 });
      await program.kill();
      await send(orders.slice(ORDERS / 2));
      // The watermark of each partition has to pass the last minute.
      const later = { product: 'water', cents: 1, atMs: NOON + 3_600_000 };
      await send([later, later]);
      await program.restart();
      await vi.waitUntil(async () => (await rowCount(client)) >= expected().size, {
        timeout: 60_000,
        interval: 100,
      });
      const { code, errors } = await program.stop();
      expect(errors).not.toMatch(/"level":"(error|fatal)"/);
      expect(code).toBe(0);
      const { rows } = await client.query('SELECT product, minute, cents FROM turnover');
      expect(rows).toHaveLength(expected().size);
      expect(
        new Map(rows.map((row) => [`${row.product} ${row.minute.toISOString()}`, Number(row.cents)])),
      ).toEqual(expected());
    } finally {
      await Promise.all([producer.close(), client.end()]);
    }
  },
);
