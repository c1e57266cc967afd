// Records for which a function fails: left out, counted and written as dead letters, while every other record is processed
// as if the failing records had never come.
import {
  type BatchInfo,
  type DeadLetter,
  MsgpackCodec,
  type RecordErrorsInfo,
  type Sink,
} from '@millrace/core';
import { settle, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { LetterSink } from '../../test/letter-sink.ts';
import { schemaOf } from '../../test/schema-of.ts';
import type { DStream } from '../dstream/dstream.ts';
import type { StandaloneContextOptions } from './context-options.ts';
import { StreamingContext } from './streaming-context.ts';

/** The first records of a task run on closures, later ones in compiled loops: both have to be tried. */
const NUMBERS = Array.from({ length: 300 }, (_, index) => index);
const isBad = (n: number) => n % 100 === 7 || n === 299;
const BAD = NUMBERS.filter(isBad);
const GOOD = NUMBERS.filter((n) => !isBad(n));

function check(n: number): number {
  if (isBad(n)) throw new RangeError(`no ${n}`);
  return n;
}

/** Accepts the good numbers. */
const good = schemaOf<number>((n) =>
  isBad(n as number) ? { issues: [{ message: 'is bad', path: ['n'] }] } : { value: n as number },
);

async function run(
  define: (ssc: StreamingContext, seen: unknown[]) => void,
  options: Partial<StandaloneContextOptions> = {},
  seconds = 3,
) {
  const world = virtualPorts({ startMs: 10_000 });
  const ssc = new StreamingContext({ appName: 'test', batchIntervalMs: 1_000, plugins: [world.plugin], ...options }); // prettier-ignore
  const seen: unknown[] = [];
  const failed: RecordErrorsInfo[] = [];
  const batches: BatchInfo[] = [];
  define(ssc, seen);
  ssc.on('records:failed', (event) => void failed.push(event.failed));
  ssc.on('batch:completed', (event) => void batches.push(event.batch));
  const ended = ssc.awaitTermination().catch((error: unknown) => error);
  await ssc.start();
  for (let second = 0; second < seconds; second += 1) {
    await world.clock.advance(1_000);
    await settle();
  }
  const held = ssc.holdings();
  if (ssc.state === 'ACTIVE') await ssc.stop();
  return { seen, failed, batches, ended, held, log: world.log };
}

const into = (seen: unknown[], stream: DStream<unknown>) =>
  stream.foreachRDD(async (rdd) => void seen.push(...(await rdd.collect())));

const OPERATORS: readonly (readonly [string, (numbers: DStream<number>) => DStream<unknown>, unknown[], unknown[]])[] = [
  ['map', (numbers) => numbers.map(check), GOOD, BAD],
  ['filter', (numbers) => numbers.filter((n) => check(n) % 2 === 0), GOOD.filter((n) => n % 2 === 0), BAD],
  ['flatMap', (numbers) => numbers.flatMap((n) => [check(n), n]), GOOD.flatMap((n) => [n, n]), BAD],
  [
    'flatMap with a generator that fails in its middle',
    (numbers) =>
      numbers.flatMap(function* each(n) {
        yield n;
        yield check(n);
      }),
    GOOD.flatMap((n) => [n, n]),
    BAD,
  ],
  ['mapValues', (numbers) => numbers.map((n): [string, number] => ['k', n]).mapValues(check), GOOD.map((n) => ['k', n]), BAD.map((n) => ['k', n])],
  ['flatMapValues', (numbers) => numbers.map((n): [string, number] => ['k', n]).flatMapValues((n) => [check(n)]), GOOD.map((n) => ['k', n]), BAD.map((n) => ['k', n])],
  ['transform with keyBy', (numbers) => numbers.transform((rdd) => rdd.keyBy(check)), GOOD.map((n) => [n, n]), BAD],
  ['mapWithState', (numbers) => numbers.map((n): [string, number] => ['k', n]).mapWithState<string, number, number, number>((_key, n, state) => {
    state.update((state.getOption() ?? 0) + 1);
    return check(n ?? 0);
  }), GOOD, BAD.map((n) => ['k', n])],
  ['the time of an event', (numbers) => numbers.assignTimestamps((n) => check(n)).records, GOOD, BAD],
  ['validate', (numbers) => numbers.validate(good), GOOD, BAD],
  ['map after timestamps', (numbers) => numbers.assignTimestamps(() => 1).map(check).records, GOOD, BAD],
  ['flatMap after timestamps', (numbers) => numbers.assignTimestamps(() => 1).flatMap((n) => [check(n)]).records, GOOD, BAD],
  ['filter after timestamps', (numbers) => numbers.assignTimestamps(() => 1).filter((n) => check(n) >= 0).records, GOOD, BAD],
  ['mapAsync', (numbers) => numbers.mapAsync(async (n) => check(n)), GOOD, BAD],
  ['flatMapAsync', (numbers) => numbers.flatMapAsync(async (n) => [check(n), n]), GOOD.flatMap((n) => [n, n]), BAD],
  ['filterAsync', (numbers) => numbers.filterAsync(async (n) => check(n) >= 0), GOOD, BAD],
  ['mapAsync after timestamps', (numbers) => numbers.assignTimestamps(() => 1).mapAsync(async (n) => check(n)).records, GOOD, BAD],
  ['a chain', (numbers) => numbers.map((n) => n).filter(() => true).flatMap((n) => [n]).map(check), GOOD, BAD],
  ['a promise where a value is expected', (numbers) => numbers.map((n) => (isBad(n) ? (Promise.reject(new Error('late')) as never) : n)), GOOD, BAD],
  ['a promise among the results', (numbers) => numbers.flatMap((n) => [n, isBad(n) ? (Promise.resolve(n) as never) : n]), GOOD.flatMap((n) => [n, n]), BAD],
]; // prettier-ignore

describe.each(OPERATORS)('%s', (name, define, results, records) => {
  it('leaves out the failing records alone with skip, and counts them (ERR-1)', async () => {
    const { seen, failed, batches } = await run((ssc, all) => into(all, define(ssc.queueStream([NUMBERS]))), {
      onRecordError: 'skip',
    });
    expect(seen).toEqual(results);
    expect(failed.map(({ recordCount, deadLetters }) => [recordCount, deadLetters])).toEqual([
      [BAD.length, 0],
    ]);
    expect(batches.map(({ recordErrors, deadLetters }) => [recordErrors, deadLetters])[0]).toEqual([BAD.length, undefined]); // prettier-ignore
  });

  it('writes each of them once with dead-letter, although two outputs compute the stream', async () => {
    const deadLetters = new LetterSink();
    const { seen, batches, held } = await run(
      (ssc, all) => {
        const stream = define(ssc.queueStream([NUMBERS]));
        into(all, stream);
        stream.print(5, { write: () => undefined });
        stream.foreachPartition(() => undefined);
      },
      { onRecordError: 'dead-letter', deadLetters },
    );
    expect(seen).toEqual(results);
    expect(deadLetters.records).toEqual(records);
    expect(batches[0]).toMatchObject({ recordErrors: BAD.length, deadLetters: BAD.length });
    expect(held.kept).toMatchObject({ 'recordErrors.reported': 0, 'recordErrors.batches': 0 });
  });

  it('fails the batch by default after two attempts, and names stream, operator, line and record', async () => {
    const { ended } = await run((ssc, all) => into(all, define(ssc.queueStream([NUMBERS]))));
    const error = (await ended) as Error & { cause: Error & { details: Record<string, unknown> } };
    expect(error).toMatchObject({ code: 'MR_BATCH_FAILED', cause: { code: 'MR_RDD_TASK_FAILED' } });
    // What a call outside answers may change: its failures have the bound of all tasks.
    if (name.includes('Async'))
      return void expect(error.cause.cause).toMatchObject({ code: 'MR_RDD_CALL_FAILED' });
    const { failures, failedRecord } = error.cause.details as { failures: unknown[]; failedRecord: Record<string, string> }; // prettier-ignore
    expect(failures).toHaveLength(2);
    expect(failedRecord['record']).toContain('7');
    expect(failedRecord['definedAt']).toMatch(/record-errors\.spec\.ts:\d+:\d+$/);
    expect(error.cause.message).toContain(`of stream ${failedRecord['stream']}`);
  });
});

describe('keys', () => {
  const bad = [{ key: 1 }, 'no pair', [() => 1, 2], [Symbol('s'), 3]];
  const pairs = () => [[['a', 1], ['a', 2], ...bad, ['b', 3]] as [string, number][]];

  it.each([
    ['reduceByKey', (stream: DStream<[string, number]>) => stream.reduceByKey((a, b) => a + b), [['a', 3], ['b', 3]]],
    ['groupByKey', (stream: DStream<[string, number]>) => stream.groupByKey(), [['a', [1, 2]], ['b', [3]]]],
    ['join', (stream: DStream<[string, number]>) => stream.join(stream), [['a', [1, 1]], ['a', [1, 2]], ['a', [2, 1]], ['a', [2, 2]], ['b', [3, 3]]]],
    ['countByValue', (stream: DStream<[string, number]>) => stream.mapValues(() => 0).countByValue().map(([[key], n]) => [key, n]), [['a', 2], ['b', 1]]],
  ] as const)('that are no keys, and records that are no pairs, are left out of %s', async (_name, define, results) => {
    const deadLetters = new LetterSink();
    const options = { onRecordError: 'dead-letter', deadLetters } as const;
    const { seen } = await run((ssc, all) => into(all, define(ssc.queueStream(pairs()) as never)), options);
    expect(seen).toEqual(results);
  }); // prettier-ignore

  it('are written with the record that had them', async () => {
    const deadLetters = new LetterSink();
    await run(
      (ssc, all) => {
        const pairsOf = ssc
          .queueStream([[1, 2, 3]])
          .map((n): [unknown, number] => [n === 2 ? new Map() : 'k', n]);
        into(all, pairsOf.groupByKey().uid('groups').onRecordError('dead-letter'));
      },
      { deadLetters },
    );
    expect(deadLetters.letters).toMatchObject([
      { stream: 'groups', operator: 'groupByKey', recordForm: 'codec', reason: expect.stringContaining('MR_RDD_UNSUPPORTED_KEY') as string },
    ]); // prettier-ignore
  });
});

describe('a dead letter', () => {
  it('has record, error, operator, stream, batch and partition, and the identity of its write', async () => {
    const deadLetters = new LetterSink();
    const { failed } = await run(
      (ssc, all) => {
        const parse = (text: string) => JSON.parse(text) as number;
        into(
          all,
          ssc
            .queueStream([['1', '{', '2']])
            .map(parse)
            .uid('parse')
            .onRecordError('dead-letter'),
        );
      },
      { deadLetters, defaultParallelism: 3 },
    );
    expect([...deadLetters.written.keys()]).toEqual(['test-dead-letters-parse@11000-0-1/3']);
    expect(deadLetters.letters).toEqual([
      {
        application: 'test',
        batchTime: 11_000,
        stream: 'parse',
        operator: 'map',
        partition: 1,
        index: 0,
        record: '"{"',
        recordForm: 'json',
        reason: expect.stringMatching(/^SyntaxError: /) as string,
        error: expect.objectContaining({
          name: 'SyntaxError',
          stack: expect.any(String) as string,
        }) as unknown,
      },
    ]);
    expect(failed).toEqual([
      { batchTime: 11_000, stream: 'parse', operator: 'map', recordCount: 1, deadLetters: 1, record: '"{"', reason: expect.any(String) as string },
    ]); // prettier-ignore
  });

  const hostile = Object.defineProperty({}, 'message', { get: () => { throw new Error('hidden'); } }); // prettier-ignore
  it.each([
    ['a text', 'no'],
    ['undefined', undefined],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 })],
    ['an object with a getter that throws', hostile],
    ['a rejecting promise', 'promise'],
    ['a revoked proxy', Proxy.revocable({}, {})],
    ['an error with half a surrogate pair', new Error('cut \ud83d')],
    ['a circle of causes', (() => { const error = new Error('circle'); error.cause = error; return error; })()],
  ])('is data when %s is thrown', async (_name, thrown) => {
    const deadLetters = new LetterSink();
    const fail = (): never => {
      if (thrown === 'promise') throw Promise.reject(new Error('nobody waits'));
      if (typeof thrown === 'object' && thrown !== null && 'revoke' in thrown) {
        (thrown.revoke as () => void)();
        throw (thrown as unknown as { proxy: unknown }).proxy;
      }
      throw thrown;
    };
    const { seen } = await run(
      (ssc, all) => into(all, ssc.queueStream([[1, 2, 3]]).map((n) => (n === 2 ? fail() : n))),
      { deadLetters, onRecordError: 'dead-letter' },
    );
    expect(seen).toEqual([1, 3]);
    expect(deadLetters.records).toEqual([2]);
    const text = JSON.stringify(deadLetters.letters);
    expect(JSON.parse(text)).toEqual(deadLetters.letters);
    expect(text).not.toMatch(/\\ud83d/);
  }); // prettier-ignore

  it.each([
    ['json', { a: [1, 'x', null, true], b: undefined }],
    ['codec', { at: new Date(0) }],
    ['codec', -0],
    ['codec', new Map([[1, 2]])],
    ['text', { f: () => 1 }],
  ])('keeps the record as %s', async (form, record) => {
    const deadLetters = new LetterSink();
    const make = (): unknown => record;
    await run(
      (ssc, all) => {
        const made = ssc.queueStream([[1]]).map(make);
        into(all, made.map((): never => { throw new Error('no'); }).onRecordError('dead-letter'));
      },
      { deadLetters },
    );
    expect(deadLetters.letters).toMatchObject([{ recordForm: form }]);
  }); // prettier-ignore
});

describe('the bound', () => {
  it('fails the batch at once, without dead letters, and names a record', async () => {
    const deadLetters = new LetterSink();
    let calls = 0;
    const { ended, seen } = await run(
      (ssc, all) =>
        into(all, ssc.queueStream([NUMBERS]).map((n): never => {
          calls += 1;
          throw new Error(`no ${n}`);
        })),
      { onRecordError: 'dead-letter', deadLetters, maxRecordErrorsPerBatch: 10 },
    );
    expect(await ended).toMatchObject({ code: 'MR_BATCH_FAILED', cause: { cause: { code: 'MR_RECORD_ERRORS_TOO_MANY', message: expect.stringContaining('no 10') as string } } }); // prettier-ignore
    expect([seen, deadLetters.calls, calls]).toEqual([[], [], 22]);
  }); // prettier-ignore

  it('counts over all partitions and operators of a batch', async () => {
    const { ended } = await run(
      (ssc, all) =>
        into(
          all,
          ssc
            .queueStream([NUMBERS])
            .map((n) => (n === 1 ? check(7) : n))
            .filter((n) => check(n) >= 0),
        ),
      { onRecordError: 'skip', maxRecordErrorsPerBatch: BAD.length, defaultParallelism: 4 },
    );
    expect(await ended).toMatchObject({ code: 'MR_BATCH_FAILED', cause: { cause: { code: 'MR_RECORD_ERRORS_TOO_MANY' } } }); // prettier-ignore
  });

  it('also holds when a held batch is tried again', async () => {
    const world = virtualPorts({ startMs: 10_000 });
    const ssc = new StreamingContext({ appName: 'test', batchIntervalMs: 1_000, plugins: [world.plugin], onRecordError: 'skip', maxRecordErrorsPerBatch: BAD.length - 1, defaultParallelism: 2, batches: { onBatchFailure: 'hold' } }); // prettier-ignore
    const seen: unknown[] = [];
    into(seen, ssc.queueStream([NUMBERS]).map(check));
    await ssc.start();
    await world.clock.advance(1_000);
    await settle();
    expect([ssc.heldBatches, seen]).toEqual([[11_000], []]);
    await ssc.retryHeldBatch();
    await settle();
    expect([ssc.heldBatches, seen]).toEqual([[11_000], []]);
    await ssc.stop({ graceful: false });
  });

  it('allows as many', async () => {
    const { seen } = await run((ssc, all) => into(all, ssc.queueStream([NUMBERS]).map(check)), {
      onRecordError: 'skip',
      maxRecordErrorsPerBatch: BAD.length,
    });
    expect(seen).toEqual(GOOD);
  });
});

describe('an operator that the code of foreachRDD calls', () => {
  it('fails the batch, and the error says where the operator has to be called', async () => {
    const deadLetters = new LetterSink();
    const { ended, seen } = await run(
      (ssc, all) =>
        void ssc
          .queueStream([NUMBERS])
          .foreachRDD(async (rdd) => void all.push(...(await rdd.map(check).collect()))),
      { onRecordError: 'dead-letter', deadLetters },
    );
    expect(await ended).toMatchObject({
      code: 'MR_BATCH_FAILED',
      cause: { code: 'MR_RDD_TASK_FAILED', message: expect.stringContaining('failed for the record 7, twice in a row with the same error; onRecordError applies to operators of streams alone, so call the operator on the stream instead of inside foreachRDD') as string }, // prettier-ignore
    });
    expect([seen, deadLetters.calls]).toEqual([[], []]);
  });
});

describe('an event time too far ahead', () => {
  const FAR = Date.UTC(9_999);
  const timeOf = (n: number) => (isBad(n) ? FAR : n);
  const define = (ssc: StreamingContext, seen: unknown[], reaction?: 'skip' | 'dead-letter') => {
    const timed = ssc.queueStream([NUMBERS]).assignTimestamps(timeOf, { maxFutureMs: 1_000 }).uid('times');
    if (reaction !== undefined) timed.onRecordError(reaction);
    into(seen, timed.records);
    into(seen, timed.aheadRecords().map((n) => `ahead ${n}`));
    into(seen, timed.tumbling(1_000).group());
  }; // prettier-ignore

  it('is a dead letter once with dead-letter, and the record stays in the stream (ERR-2)', async () => {
    const deadLetters = new LetterSink();
    const ahead: unknown[] = [];
    const { seen, failed, batches, held } = await run(
      (ssc, all) => {
        ssc.on('records:ahead', (event) => void ahead.push(event.ahead));
        define(ssc, all, 'dead-letter');
      },
      { deadLetters },
    );
    expect(seen.slice(0, NUMBERS.length)).toEqual(NUMBERS);
    expect(seen.slice(NUMBERS.length)).toEqual(BAD.map((n) => `ahead ${n}`));
    expect(deadLetters.records).toEqual(BAD);
    expect(deadLetters.letters[0]).toMatchObject({
      stream: 'times.source',
      operator: 'assignTimestamps',
      reason:
        'MR_EVENT_TIME_AHEAD: expected a time of at most 1000 ms after the batch time 1970-01-01T00:00:11.000Z, got 9999-01-01T00:00:00.000Z; correct the time, or raise maxFutureMs',
      error: { details: { batchTime: 11_000, atMs: FAR, maxFutureMs: 1_000 } },
    });
    expect(deadLetters.letters[0]?.error).not.toHaveProperty('stack');
    // The sums of the events are the fields of the batch (LISTENER-13).
    expect(failed).toMatchObject([
      { operator: 'assignTimestamps', recordCount: BAD.length, deadLetters: BAD.length, record: '7' },
    ]);
    expect(batches[0]).toMatchObject({ recordErrors: BAD.length, deadLetters: BAD.length });
    expect(ahead).toEqual([{ batchTime: 11_000, stream: 'times.source', recordCount: BAD.length }]);
    expect(held.kept).toMatchObject({ 'recordErrors.reported': 0, 'recordErrors.batches': 0 });
  });

  it.each([undefined, 'skip'] as const)('is no failure with the reaction %s', async (reaction) => {
    const deadLetters = new LetterSink();
    const { seen, failed, batches } = await run((ssc, all) => define(ssc, all, reaction), { deadLetters });
    expect(seen.filter((n) => typeof n === 'string')).toEqual(BAD.map((n) => `ahead ${n}`));
    expect([failed, deadLetters.calls, batches[0]?.recordErrors]).toEqual([[], [], undefined]);
  });

  it('counts towards the bound of a batch', async () => {
    const { ended } = await run((ssc, all) => define(ssc, all), {
      onRecordError: 'dead-letter',
      deadLetters: new LetterSink(),
      maxRecordErrorsPerBatch: BAD.length - 1,
    });
    expect(await ended).toMatchObject({
      code: 'MR_BATCH_FAILED',
      cause: { cause: { code: 'MR_RECORD_ERRORS_TOO_MANY', message: expect.stringContaining('MR_EVENT_TIME_AHEAD') as string } }, // prettier-ignore
    });
  });
});

describe('validate', () => {
  it('names the issues in the dead letter, and passes on the output of the schema', async () => {
    const deadLetters = new LetterSink();
    const numbers = schemaOf<{ n: number }>((record) =>
      Number.isNaN(Number(record))
        ? { issues: [{ message: 'expected a number', path: ['n'] }] }
        : { value: { n: Number(record) } },
    );
    const { seen } = await run(
      (ssc, all) =>
        into(
          all,
          ssc
            .queueStream([['1', 'two', '3']])
            .validate(numbers)
            .uid('numbers'),
        ),
      { onRecordError: 'dead-letter', deadLetters },
    );
    expect(seen).toEqual([{ n: 1 }, { n: 3 }]);
    expect(deadLetters.letters).toMatchObject([
      {
        stream: 'numbers',
        operator: 'validate',
        record: '"two"',
        reason:
          'MR_RECORD_INVALID: expected a record that the schema of validate accepts, got one with n: expected a number',
        error: { details: { issues: [{ path: 'n', message: 'expected a number' }] } },
      },
    ]);
  });

  it.each([undefined, {}, (n: number) => n])('refuses %s in place of a schema', async (schema) => {
    const define = async () => run((ssc) => void ssc.queueStream([[1]]).validate(schema as never));
    await expect(define()).rejects.toMatchObject({ code: 'MR_GRAPH_INVALID_ARGUMENT' });
  });
});

describe('a function that fails once', () => {
  it.each(['skip', 'dead-letter'] as const)('costs no record with %s', async (onRecordError) => {
    const deadLetters = new LetterSink();
    const failedFor = new Set<number>();
    const { seen, failed } = await run(
      (ssc, all) =>
        into(all, ssc.queueStream([NUMBERS]).map((n) => {
          if (isBad(n) && !failedFor.has(n)) { failedFor.add(n); throw new Error('once'); }
          return n;
        })),
      { onRecordError, deadLetters },
    );
    expect([seen, failed, deadLetters.calls]).toEqual([NUMBERS, [], []]);
  }); // prettier-ignore
});

describe('dead letters of a batch', () => {
  it('are written before the batch is complete, after its outputs', async () => {
    const order: string[] = [];
    const deadLetters = new LetterSink(async () => void order.push('letter'));
    await run(
      (ssc) => {
        ssc
          .queueStream([[7]])
          .map(check)
          .foreachRDD(async (rdd, { batchTime }) => {
            if ((await rdd.count()) === 0 && batchTime === 11_000) order.push('output');
          });
        ssc.on('batch:completed', ({ batch }) => void (batch.recordCount > 0 && order.push('completed')));
      },
      { onRecordError: 'dead-letter', deadLetters },
    );
    expect(order).toEqual(['output', 'letter', 'letter', 'completed']);
  }); // prettier-ignore

  it('are tried again when the sink fails, without running the outputs again', async () => {
    let failures = 2;
    const deadLetters = new LetterSink(async () => {
      if (failures-- > 0) throw new Error('the sink is down');
    });
    const { seen, batches } = await run(
      (ssc, all) => into(all, ssc.queueStream([NUMBERS]).map(check)),
      { onRecordError: 'dead-letter', deadLetters, batches: { retryDelayMs: 1 } },
      6,
    );
    expect([seen, deadLetters.records]).toEqual([GOOD, BAD]);
    expect(batches[0]?.outputOperations.map(({ name, attempts }) => [name, attempts])).toEqual([
      ['foreachRDD at 1-map', 1],
      ['dead letters', 3],
    ]);
  });

  it('fail the batch when the sink keeps failing, and a held batch goes on with them', async () => {
    let isDown = true;
    const deadLetters = new LetterSink(async () => {
      if (isDown) throw new Error('the sink is down');
    });
    const world = virtualPorts({ startMs: 10_000 });
    const ssc = new StreamingContext({ appName: 'test', batchIntervalMs: 1_000, plugins: [world.plugin], onRecordError: 'dead-letter', deadLetters, batches: { onBatchFailure: 'hold', retryDelayMs: 1 } }); // prettier-ignore
    const seen: unknown[] = [];
    into(seen, ssc.queueStream([NUMBERS]).map(check));
    await ssc.start();
    for (let second = 0; second < 6; second += 1) {
      await world.clock.advance(1_000);
      await settle();
    }
    expect([ssc.heldBatches, deadLetters.letters]).toEqual([[11_000], []]);
    isDown = false;
    await ssc.retryHeldBatch();
    await settle();
    expect([ssc.heldBatches, deadLetters.records, seen]).toEqual([[], BAD, GOOD]);
    await ssc.stop();
  });

  it('come from a cached stream although the output that computed it failed', async () => {
    const deadLetters = new LetterSink();
    let failures = 1;
    const { seen } = await run(
      (ssc, all) =>
        ssc.queueStream([NUMBERS]).map(check).persist().foreachPartition((records) => {
          const list = [...records];
          if (failures-- > 0) throw new Error('the output fails once');
          all.push(...list);
        }),
      { onRecordError: 'dead-letter', deadLetters },
    );
    expect([seen, deadLetters.records]).toEqual([GOOD, BAD]);
  }); // prettier-ignore

  it('are reported once for a stream that windows read in several batches', async () => {
    const deadLetters = new LetterSink();
    const { failed, held } = await run(
      (ssc, all) => into(all, ssc.queueStream([[1, 7], [2]]).map(check).window(3_000, 1_000)),
      { onRecordError: 'dead-letter', deadLetters },
      8,
    );
    expect([deadLetters.records, deadLetters.calls.length, failed.length]).toEqual([[7], 1, 1]);
    expect(held.kept).toMatchObject({ 'recordErrors.reported': 0, 'recordErrors.batches': 0 });
  }); // prettier-ignore

  it('are whole although print reads a part', async () => {
    const deadLetters = new LetterSink();
    await run(
      (ssc) =>
        ssc
          .queueStream([NUMBERS])
          .map(check)
          .print(10, { write: () => undefined }),
      {
        onRecordError: 'dead-letter',
        deadLetters,
      },
    );
    expect(deadLetters.records).toEqual(BAD);
  });

  it('have those of records that no block can hold', async () => {
    const deadLetters = new LetterSink();
    const bad = { f: () => 1 };
    const { seen, failed } = await run(
      (ssc, all) => into(all, ssc.queueStream([[1, bad, 2], [3]] as unknown[][])),
      { onRecordError: 'dead-letter', deadLetters },
    );
    expect(seen).toEqual([1, 2, 3]);
    expect(deadLetters.letters).toMatchObject([
      { stream: '0-queue', operator: 'store', recordForm: 'text', record: '{ f: [function] }', reason: expect.stringContaining('record.f') as string },
    ]); // prettier-ignore
    expect(failed).toMatchObject([{ operator: 'store', recordCount: 1, deadLetters: 1 }]);
  });
});

describe('onRecordError', () => {
  it('of a stream overrides the option, for this operator alone', async () => {
    const deadLetters = new LetterSink();
    const { ended } = await run(
      (ssc, all) =>
        into(
          all,
          ssc
            .queueStream([NUMBERS])
            .map((n) => n)
            .onRecordError('dead-letter')
            .map(check),
        ),
      { deadLetters },
    );
    expect(await ended).toMatchObject({ code: 'MR_BATCH_FAILED' });
    const other = await run(
      (ssc, all) => into(all, ssc.queueStream([NUMBERS]).map(check).onRecordError('skip')),
      { onRecordError: 'dead-letter', deadLetters },
    );
    expect([other.seen, deadLetters.calls]).toEqual([GOOD, []]);
  });

  const timed = <T>(records: DStream<T>) => records.assignTimestamps(() => 1);
  const badKey = (n: number): unknown => (isBad(n) ? new Map() : n);
  const byKey = (pairs: DStream<[number, number]>) => timed(pairs).tumbling(1).groupByKey();

  it.each([
    ['dropDuplicates', (all: DStream<number>, reaction: 'dead-letter') => all.dropDuplicates(check, { withinMs: 1 }).onRecordError(reaction)],
    ['dropDuplicates by event time', (all: DStream<number>, reaction: 'dead-letter') => timed(all).dropDuplicates(check, { withinMs: 1 }).onRecordError(reaction).records],
    ['dropDuplicates with keys that are no keys', (all: DStream<number>, reaction: 'dead-letter') => all.dropDuplicates(badKey, { withinMs: 1 }).onRecordError(reaction)],
    ['dropDuplicates by event time with keys that are no keys', (all: DStream<number>, reaction: 'dead-letter') => timed(all).dropDuplicates(badKey, { withinMs: 1 }).onRecordError(reaction).records],
  ] as const)('of %s applies to the key function', async (name, define) => {
    const deadLetters = new LetterSink();
    const { seen } = await run((ssc, all) => into(all, define(ssc.queueStream([NUMBERS]), 'dead-letter')), {
      deadLetters,
    });
    expect(seen.toSorted((one, other) => Number(one) - Number(other))).toEqual(GOOD);
    expect(deadLetters.records).toEqual(BAD);
    expect(new Set(deadLetters.letters.map(({ operator }) => operator))).toEqual(
      new Set([name.includes('no keys') ? 'dropDuplicates' : 'dropDuplicatesKey']),
    );
  }); // prettier-ignore

  it.each([
    ['windows of event time', byKey],
    ['joinWithin', (pairs: DStream<[number, number]>) => timed(pairs).joinWithin(timed(pairs), {})],
    ['windows with an inverse function', (pairs: DStream<[number, number]>) => pairs.reduceByKeyAndWindow((a, b) => a + b, 1_000, 1_000, { inverse: (sum, gone) => sum - gone })],
    ['leftOuterJoinWithin', (pairs: DStream<[number, number]>) => timed(pairs).leftOuterJoinWithin(timed(pairs), {})],
    ['groupByKeyAndWindow', (pairs: DStream<[number, number]>) => pairs.groupByKeyAndWindow(1_000, 1_000)],
    ['reduceByKeyAndWindow', (pairs: DStream<[number, number]>) => pairs.reduceByKeyAndWindow((a, b) => a + b, 1_000, 1_000)],
    ['mapWithState', (pairs: DStream<[number, number]>) => pairs.mapWithState<number, number, number, number>((_key, n = 0) => n)],
    ['updateStateByKey', (pairs: DStream<[number, number]>) => pairs.updateStateByKey((all: readonly number[]) => all.length)],
  ] as const)('of %s applies to records that are no pairs, and to keys that are no keys', async (_name, define) => {
    const deadLetters = new LetterSink();
    const bad = ['no pair', [new Map(), 1], [() => 1, 2]];
    const { batches } = await run(
      (ssc, all) => {
        const pairs = ssc.queueStream<[number, number]>([[[1, 1]]]).flatMap((pair) => [pair, ...(bad as never[])]);
        into(all, define(pairs).onRecordError('dead-letter'));
      },
      { deadLetters },
    );
    expect(batches[0]).toMatchObject({ outcome: 'succeeded' });
    const forms = deadLetters.letters.map(({ recordForm, record }) => recordForm === 'codec' ? 'codec' : record);
    expect(new Set(forms)).toEqual(new Set(['"no pair"', 'codec', '[[function], 2]']));
    const maps = deadLetters.letters.filter(({ recordForm }) => recordForm === 'codec');
    for (const { record } of maps)
      expect(new MsgpackCodec().decodeRecords(Buffer.from(record, 'base64'))).toEqual([bad[1]]);
  }); // prettier-ignore

  it('needs a sink for dead letters', async () => {
    const options = { appName: 'test', batchIntervalMs: 1_000 };
    const code = 'MR_RECORD_NO_DEAD_LETTERS';
    expect(() => new StreamingContext({ ...options, onRecordError: 'dead-letter' })).toThrow(expect.objectContaining({ code, message: expect.stringContaining('filesSink') as string })); // prettier-ignore
    const numbers = new StreamingContext(options).queueStream([[1]]);
    expect(() => numbers.map(check).onRecordError('dead-letter')).toThrow(expect.objectContaining({ code }));
  });

  it('refuses other words and values that are no sink', () => {
    const options = { appName: 'test', batchIntervalMs: 1_000 };
    const numbers = new StreamingContext(options).queueStream([[1]]);
    expect(() => numbers.onRecordError('ignore' as never)).toThrow(expect.objectContaining({ code: 'MR_GRAPH_INVALID_ARGUMENT' })); // prettier-ignore
    for (const deadLetters of [{}, () => undefined, './dead-letters'] as unknown as Sink<DeadLetter>[])
      expect(() => new StreamingContext({ ...options, deadLetters })).toThrow(expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION' })); // prettier-ignore
  });

  it('does not apply to functions of a whole partition, of reductions and of outputs', async () => {
    for (const define of [
      (numbers: DStream<number>) => numbers.mapPartitions((records) => [...records].map(check)),
      (numbers: DStream<number>) => numbers.reduce((_left, right) => check(right)),
      (numbers: DStream<number>) =>
        numbers.map((n): [number, number] => [0, n]).updateStateByKey((values) => check(values[7] ?? 0)),
    ]) {
      const { ended } = await run((ssc, all) => into(all, define(ssc.queueStream([NUMBERS]))), { onRecordError: 'skip', batches: { retryDelayMs: 1 } }, 6); // prettier-ignore
      expect(await ended).toMatchObject({ code: 'MR_BATCH_FAILED' });
    }
  });
});
