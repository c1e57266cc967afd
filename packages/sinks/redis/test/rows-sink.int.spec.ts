// `redisSink` over a real server: forms of rows, large partitions, writers at once, and ledgers that are old or gone.
import { describe, expect } from 'vitest';
import type { RedisDatabase } from './redis-database.ts';
import { openSink, write } from './opened-sinks.ts';
import { withDatabase } from './with-database.ts';

const { itWithDatabase } = withDatabase();

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const rowsOf = async (database: RedisDatabase, prefix: string) =>
  (await database.values(`${prefix}rows`)).map(Number);

describe('rows', () => {
  itWithDatabase('are entries of a stream, as JSON or as fields', async (database) => {
    const prefix = database.prefix();
    const json = await openSink(database, { prefix });
    await json.write([{ a: 1 }, 'b'], write());
    const fields = await openSink<number>(database, { prefix }, (id) => ({ id, bytes: Buffer.from('xy') }));
    await fields.write([5], write(2_000));
    expect(await database.entries(`${prefix}rows`)).toEqual([
      ['value', '{"a":1}'],
      ['value', '"b"'],
      ['id', '5', 'bytes', 'xy'],
    ]);
  });

  itWithDatabase('are elements of a list', async (database) => {
    const prefix = database.prefix();
    const list = await openSink<number>(database, { prefix, as: 'list', key: 'rows' }, (id) => BigInt(id));
    await list.write([3, 1, 2], write());
    expect(await database.run('LRANGE', `${prefix}rows`, 0, -1)).toEqual(['3', '1', '2']);
  });

  itWithDatabase(
    'are fields of hashes, which null removes, and which expire on request',
    async (database) => {
      const prefix = database.prefix();
      const hash = await openSink<[string, number | null]>(
        database,
        { prefix, as: 'hash', expireMs: 60_000 },
        ([key, count]) => ({ key, fields: count === null ? null : { count } }),
      );
      await database.run('HSET', `${prefix}a`, 'other', 'stays');
      await hash.write([['a', 1], ['b', 2], ['a', 3], ['b', null]], write()); // prettier-ignore
      expect(await database.run('HGETALL', `${prefix}a`)).toEqual(['other', 'stays', 'count', '3']);
      expect(await database.run('EXISTS', `${prefix}b`)).toBe(0);
      expect(await database.run('PTTL', `${prefix}a`)).toBeGreaterThan(50_000);
    },
  );

  itWithDatabase('are texts under keys', async (database) => {
    const prefix = database.prefix();
    const texts = await openSink(database, { prefix, as: 'string' });
    await texts.write([{ key: 'a', value: 'x' }, { key: 'b', value: 1 }, { key: 'b', value: null }], write()); // prettier-ignore
    expect(await database.run('MGET', `${prefix}a`, `${prefix}b`)).toEqual(['x', null]);
  });

  itWithDatabase('trim a stream on request', async (database) => {
    const prefix = database.prefix();
    const sink = await openSink(database, { prefix, maxLength: 100 });
    await sink.write(numbers(1_000), write());
    expect(await database.run('XLEN', `${prefix}rows`)).toBeLessThan(300);
  });

  itWithDatabase('are refused when a key has something else, and nothing is written', async (database) => {
    const prefix = database.prefix();
    await database.run('SET', `${prefix}b`, 'text');
    const hash = await openSink<string>(database, { prefix, as: 'hash' }, (key) => ({
      key,
      fields: { a: 1 },
    }));
    await expect(hash.write(['a', 'b'], write())).rejects.toMatchObject({ code: 'MR_SINK_REDIS_WRONG_TYPE' });
    expect(await database.run('KEYS', `${prefix}*`)).toEqual([`${prefix}b`]);
    await database.run('DEL', `${prefix}b`);
    await hash.write(['a', 'b'], write());
    expect(await database.run('EXISTS', `${prefix}a`, `${prefix}b`)).toBe(2);
  });

  const REFUSED: readonly (readonly [string, unknown])[] = [
    ['no object', 5],
    ['no field', {}],
    ['not a finite number', { a: Number.NaN }],
    ['a value of another type', { a: true }],
    ['half of a surrogate pair', { a: '\uD800' }],
  ];
  for (const [what, row] of REFUSED) {
    itWithDatabase(`are refused with ${what}, and nothing is written`, async (database) => {
      const prefix = database.prefix();
      const sink = await openSink(database, { prefix }, (record) => record as never);
      await expect(sink.write([{ a: 1 }, row], write())).rejects.toMatchObject({
        code: 'MR_SINK_UNSUPPORTED_RECORD',
        details: { index: 1 },
      });
      expect(await database.run('KEYS', `${prefix}*`)).toEqual([]);
    });
  }
});

describe('a large partition', () => {
  itWithDatabase(
    'goes on where an earlier run has ended, also with another size of its parts',
    async (database) => {
      const prefix = database.prefix();
      const first = await openSink<number>(database, { prefix, rowsAtOnce: 10 });
      const failing = function* (): Generator<number> {
        yield* numbers(25);
        throw new Error('no further records');
      };
      await expect(first.write(failing(), write())).rejects.toThrow('no further records');
      expect(await rowsOf(database, prefix)).toEqual(numbers(20));
      const second = await openSink<number>(database, { prefix, rowsAtOnce: 7 });
      await second.write(numbers(40), write());
      await second.write(numbers(40), write());
      expect(await rowsOf(database, prefix)).toEqual(numbers(40));
    },
  );

  itWithDatabase('may have many records and large ones', async (database) => {
    const prefix = database.prefix();
    const sink = await openSink<number>(database, { prefix, rowsAtOnce: 100_000 });
    await sink.write(numbers(50_000), write());
    const large = await openSink<number>(database, { prefix }, (id) => ({ id, text: 'x'.repeat(300_000) }));
    await large.write(numbers(20), write(2_000));
    expect(await database.run('XLEN', `${prefix}rows`)).toBe(50_020);
  });
});

describe('several writers', () => {
  itWithDatabase('at once write each record once', async (database) => {
    const prefix = database.prefix();
    const sinks = await Promise.all(
      [5, 7, 100].map((rowsAtOnce) => openSink<number>(database, { prefix, rowsAtOnce })),
    );
    for (let batch = 1; batch <= 5; batch += 1) {
      await Promise.all(
        sinks.flatMap((sink) =>
          [0, 1].map((partition) => sink.write(numbers(60), write(batch * 1_000, partition, 2))),
        ),
      );
    }
    const found = await rowsOf(database, prefix);
    expect(found).toHaveLength(600);
    expect(new Set(found)).toEqual(new Set(numbers(60)));
  });
});

describe('the ledger', () => {
  itWithDatabase('drops old batches, and refuses them', async (database) => {
    const prefix = database.prefix();
    const sink = await openSink<number>(database, { prefix, ledgerBatches: 3 });
    for (let batch = 1; batch <= 10; batch += 1) await sink.write([batch], write(batch * 1_000));
    const [ledger = ''] = (await database.run('KEYS', `${prefix}millrace:ledger*]`)) as string[];
    expect(await database.run('HGET', ledger, 'forgotten')).toBe('7000');
    expect(await database.run('HLEN', ledger)).toBe(7);
    await sink.write([8], write(8_000));
    await expect(sink.write([7], write(7_000))).rejects.toMatchObject({ code: 'MR_SINK_REDIS_FORGOTTEN' });
    expect(await rowsOf(database, prefix)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  itWithDatabase('that is gone stops the sink', async (database) => {
    const prefix = database.prefix();
    const sink = await openSink<number>(database, { prefix });
    await sink.write([1], write());
    const keys = (await database.run('KEYS', `${prefix}*`)) as string[];
    await database.run('DEL', ...keys);
    await expect(sink.write([2], write(2_000))).rejects.toMatchObject({ code: 'MR_SINK_REDIS_ROLLED_BACK' });
    expect(await database.run('KEYS', `${prefix}*`)).toEqual([]);
  });

  itWithDatabase('knows operations and targets apart', async (database) => {
    const prefix = database.prefix();
    const one = await openSink<number>(database, { prefix });
    const other = await openSink<number>(database, { prefix, as: 'list', key: 'rows2' });
    await one.write([1], write());
    await one.write([2], { ...write(), outputOperation: 1 });
    await one.write([3], { ...write(), application: 'another' });
    await other.write([4], write());
    expect(await rowsOf(database, prefix)).toEqual([1, 2, 3]);
    expect(await database.run('LLEN', `${prefix}rows2`)).toBe(1);
  });

  itWithDatabase('needs a server that removes no keys', async (database) => {
    await database.run('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    try {
      await expect(openSink(database, {})).rejects.toMatchObject({ code: 'MR_SINK_REDIS_EVICTS' });
    } finally {
      await database.run('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    }
  });

  itWithDatabase('and rows are refused together by a server without memory', async (database) => {
    const prefix = database.prefix();
    const sink = await openSink<number>(database, { prefix });
    await database.run('CONFIG', 'SET', 'maxmemory', '1');
    try {
      await expect(sink.write([1], write())).rejects.toMatchObject({ code: 'MR_SINK_REDIS_FULL' });
    } finally {
      await database.run('CONFIG', 'SET', 'maxmemory', '0');
    }
    expect(await database.run('KEYS', `${prefix}*`)).toEqual([]);
    await sink.write([1], write());
    expect(await rowsOf(database, prefix)).toEqual([1]);
  });
});
