// The log over the fake servers: each trap of the servers has a test that fails when the log falls into it.
import { isMillraceError, type ManualClock, type LogHandle, type WriteAheadLog } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import type { FakeLink } from '../src/fake/index.ts';
import { clusterError } from '../src/cluster-errors.ts';
import { streamConfig } from '../src/servers/stream-plan.ts';
import { StreamApi } from '../src/streams/stream-api.ts';
import { LogWorld, type LogWorldOptions } from './log-world.ts';

const META = 'ML_test_log';
const bytes = (text: string): Uint8Array => Buffer.from(text);
const write = (log: WriteAheadLog, text: string, timeMs = 1): Promise<LogHandle> =>
  log.write(bytes(text), timeMs);

async function opened(options: LogWorldOptions = {}) {
  const world = new LogWorld(options);
  await world.createStream();
  const link = world.nats.connect();
  const log = await world.until(world.process(link).open('log'));
  return { world, link, log };
}

async function textsOf(world: LogWorld, log: WriteAheadLog): Promise<readonly string[]> {
  const texts: string[] = [];
  const reading = (async () => {
    for await (const { payload } of log.readAll()) texts.push(Buffer.from(payload).toString());
  })();
  await world.until(reading);
  return texts;
}

const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

const errorOf = (world: LogWorld, promise: Promise<unknown>): Promise<unknown> =>
  world.until(caught(promise));

/** The entries that the next process finds. */
async function recovered(world: LogWorld): Promise<readonly string[]> {
  return textsOf(world, await world.until(world.process().open('log')));
}

/** The link loses a message of a stream once, as at a break of the connection. */
function loseDelivery(link: FakeLink, sequence: number): void {
  const subscribe = link.subscribe.bind(link);
  let isLost = false;
  link.subscribe = (pattern, take) =>
    subscribe(pattern, (message) => {
      const isIt = message.reply?.split('.')[5] === `${sequence}` && message.reply.startsWith('$JS.ACK.');
      if (!isIt || isLost) return take(message);
      isLost = true;
    });
}

/** The link loses the first request of a subject, as when the servers place a consumer where nobody is reached. */
function loseRequest(link: FakeLink, clock: ManualClock, start: string): void {
  const request = link.request.bind(link);
  let isLost = false;
  link.request = async (subject, data, options) => {
    if (isLost || !subject.startsWith(start)) return request(subject, data, options);
    isLost = true;
    await clock.sleepFor(options.timeoutMs);
    throw clusterError('MR_CLUSTER_UNANSWERED', 'nobody answers', {
      details: { subject, reason: 'time-out' },
    });
  };
}

describe.each([1, 3])('a log on %i servers', (servers) => {
  it.each(['$JS.API.CONSUMER.CREATE.', '$JS.API.STREAM.INFO.', '$JS.API.STREAM.MSG.GET.'])(
    'is open and read within two seconds when a request to %s is lost',
    async (start) => {
      const { world, log } = await opened({ servers });
      await world.until(write(log, 'one'));
      const link = world.nats.connect();
      loseRequest(link, world.clock, start);
      const sinceMs = world.clock.monotonicMs();
      const next = await world.until(world.process(link).open('log'));
      expect(await textsOf(world, next)).toEqual(['one']);
      const tookMs = world.clock.monotonicMs() - sinceMs;
      expect(tookMs).toBeGreaterThanOrEqual(1_000);
      expect(tookMs).toBeLessThan(2_000);
    },
  );

  it.each([2, 4])(
    'is recovered when delivery %i of 4, the last one included, was lost on its way',
    async (lost) => {
      const { world, log } = await opened({ servers });
      for (const text of ['one', 'two']) await world.until(write(log, text));
      const link = world.nats.connect();
      loseDelivery(link, lost);
      // The first message is the fence of the first process, the last one that of the second.
      const next = await world.until(world.process(link).open('log'));
      expect(await textsOf(world, next)).toEqual(['one', 'two']);
    },
  );

  it('has an entry once whose acknowledgement was lost', async () => {
    let lost = 0;
    const losesAck = (subject: string) => subject === 'ml.test.log' && lost++ % 3 !== 2;
    const { world, log } = await opened({ servers, streams: { losesAck } });
    const handles = [];
    for (const text of ['one', 'two', 'three']) handles.push(await world.until(write(log, text)));
    expect(lost).toBeGreaterThan(6);
    expect(Buffer.from(await world.until(log.read(handles[1] as LogHandle))).toString()).toBe('two');
    expect(await recovered(world)).toEqual(['one', 'two', 'three']);
  });

  it('has an entry once whose acknowledgement said sequence 0', async () => {
    let count = 0;
    const zeroesAck = (subject: string) => subject === 'ml.test.log' && count++ % 2 === 1;
    const { world, log } = await opened({ servers, streams: { zeroesAck } });
    for (let entry = 0; entry < 5; entry += 1) await world.until(log.write(Buffer.from(`${entry}`), entry));
    const { history } = world.streams.stream('ML_test_log');
    expect(history).toHaveLength(6);
    expect(new Set(history.map(({ headers }) => headers['Nats-Msg-Id'])).size).toBe(6);
  });

  it('has an entry once whose acknowledgements were lost for longer than the servers remember its id', async () => {
    let isLossy = false;
    const { world, log } = await opened({ servers, streams: { losesAck: () => isLossy } });
    isLossy = true;
    const writing = write(log, 'patient');
    await world.clock.advance(300_000);
    isLossy = false;
    await world.until(writing);
    await world.until(write(log, 'next'));
    expect(await recovered(world)).toEqual(['patient', 'next']);
  });

  it('refuses every write after another process has opened the log, and keeps nothing of them', async () => {
    const { world, log } = await opened({ servers });
    await world.until(write(log, 'before'));
    const next = await world.until(world.process().open('log'));
    expect(await textsOf(world, next)).toEqual(['before']);
    const outcomes = await world.until(Promise.allSettled(['late', 'later'].map((text) => write(log, text))));
    for (const outcome of outcomes)
      expect(outcome.status === 'rejected' && isMillraceError(outcome.reason, 'MR_WAL_FENCED')).toBe(true);
    expect(await errorOf(world, write(log, 'much later'))).toMatchObject({ code: 'MR_WAL_FENCED' });
    await world.until(write(next, 'after'));
    await world.until(log.close());
    expect(await recovered(world)).toEqual(['before', 'after']);
  });

  it('has at most one message under way', async () => {
    const { world, log } = await opened({ servers });
    const go = world.streams.stream(META).hold();
    const first = write(log, 'first');
    await world.clock.advance(10);
    const more = Array.from({ length: 50 }, (_, i) => write(log, `more ${i}`));
    await world.clock.advance(30_000);
    go();
    await world.until(Promise.all([first, ...more]));
    const info = world.streams.stream(META).info(world.streams.stream(META).servers[0] ?? '');
    // The fence, the first entry, and everything that waited.
    expect(info.state.messages).toBe(3);
    expect(await recovered(world)).toEqual(['first', ...Array.from({ length: 50 }, (_, i) => `more ${i}`)]);
  });

  it('refuses entries without room, and works again with room', async () => {
    const { world, log } = await opened({ servers });
    await world.until(write(log, 'before'));
    world.streams.stream(META).isFull = true;
    expect(await errorOf(world, write(log, 'refused'))).toMatchObject({
      code: 'MR_WAL_FULL',
      disposition: 'back-off',
    });
    world.streams.stream(META).isFull = false;
    await world.until(write(log, 'after'));
    expect([log.gauges().errors, log.gauges().syncs]).toEqual([1, 2]);
    expect(await recovered(world)).toEqual(['before', 'after']);
  });

  it('leaves room for the fence of the next driver', async () => {
    const world = new LogWorld({ servers });
    const maxBytes = 20_000;
    await world.createStream('log', { max_bytes: maxBytes });
    const log = await world.until(world.process().open('log'));
    const texts: string[] = [];
    for (let error: unknown; error === undefined;) {
      const text = `entry ${texts.length} ${'x'.repeat(1_000)}`;
      error = await errorOf(world, write(log, text));
      if (error === undefined) texts.push(text);
      else expect(error).toMatchObject({ code: 'MR_WAL_FULL' });
    }
    expect(log.gauges().roomBytes).toBeGreaterThan(1_000);
    expect(await recovered(world)).toEqual(texts);
  });

  it('removes a prefix of older entries, and keeps the newest ones', async () => {
    const { world, log } = await opened({ servers });
    for (const [text, timeMs] of [
      ['a', 1],
      ['b', 5],
      ['c', 2],
      ['d', 3],
    ] as const)
      await world.until(write(log, text, timeMs));
    // The times of earlier messages are not known before they are read.
    await world.until(log.clean(4));
    expect(await textsOf(world, log)).toEqual(['a', 'b', 'c', 'd']);
    await world.until(log.clean(4));
    expect(await recovered(world)).toEqual(['b', 'c', 'd']);
    const next = await world.until(world.process().open('log'));
    expect(await textsOf(world, next)).toEqual(['b', 'c', 'd']);
    await world.until(next.clean(100));
    expect(await recovered(world)).toEqual(['d']);
  });

  it('tells the outcome as unknown when the log is closed while nobody answers', async () => {
    const { world, log } = await opened({ servers });
    await world.until(write(log, 'before'));
    const go = world.streams.stream(META).hold();
    const writing = caught(write(log, 'open'));
    await world.until(log.close());
    expect(await writing).toMatchObject({ code: 'MR_CLUSTER_OUTCOME_UNKNOWN' });
    go();
    expect(await recovered(world)).toContain('before');
  });

  it('refuses a second log of one process, times that are no numbers, and entries that are too large', async () => {
    const { world, log } = await opened({ servers });
    const factory = world.process();
    const own = await world.until(factory.open('log'));
    expect(await errorOf(world, factory.open('log'))).toMatchObject({ code: 'MR_CLUSTER_LOG_OPEN' });
    expect(await errorOf(world, log.write(bytes('x'), Number.NaN))).toBeInstanceOf(TypeError);
    const large = new Uint8Array(1_100_000);
    expect(await errorOf(world, log.write(large, 1))).toMatchObject({ code: 'MR_CLUSTER_ENTRY_TOO_LARGE' });
    await world.until(own.close());
    await world.until(factory.open('log'));
    await world.until(factory.close());
    await world.until(factory.close());
  });

  it('tells a damaged message and a handle without an entry', async () => {
    const { world, log } = await opened({ servers });
    const handle = await world.until(write(log, 'one'));
    const absent = { ...handle, offset: handle.offset + 1 };
    expect(await errorOf(world, log.read(absent))).toMatchObject({ code: 'MR_CLUSTER_ENTRY_NOT_FOUND' });
    expect(await errorOf(world, log.read({ ...handle, segment: 'another' }))).toMatchObject({
      code: 'MR_CLUSTER_ENTRY_NOT_FOUND',
    });
    world.streams.stream(META).damage(2, (data) => data.writeUInt8(0, data.byteLength - 1));
    for (const error of [await errorOf(world, log.read(handle)), await caught(recovered(world))])
      expect(error).toMatchObject({
        code: 'MR_WAL_CORRUPT_RECORD',
        details: { segment: META, offset: handle.offset },
      });
  });
});

describe('a log on three servers', () => {
  it('waits through an election, and has every entry once', async () => {
    const { world, log } = await opened();
    await world.until(write(log, 'before'));
    const stream = world.streams.stream(META);
    const [leader = ''] = stream.servers;
    const writes = Array.from({ length: 20 }, (_, i) => write(log, `during ${i}`));
    world.nats.kill(leader);
    const more = write(log, 'without a leader');
    await world.until(Promise.all([...writes, more]));
    expect(stream.leaderFor(leader)).toBeUndefined();
    world.nats.restart(leader);
    const expected = ['before', ...Array.from({ length: 20 }, (_, i) => `during ${i}`), 'without a leader'];
    expect(await recovered(world)).toEqual(expected);
  });

  it('of a driver that is cut off with the old leader waits, and is fenced after the cut', async () => {
    const world = new LogWorld();
    await world.createStream();
    const stream = world.streams.stream(META);
    const [leader = '', second = '', third = ''] = stream.servers;
    const alone = world.nats.connect({ server: leader, isAlone: true });
    const log = await world.until(world.process(alone).open('log'));
    await world.until(write(log, 'before'));
    world.nats.cut(leader, second);
    world.nats.cut(leader, third);
    let outcome: unknown = 'open';
    void write(log, 'cut off').then(
      () => (outcome = 'stored'),
      (error: unknown) => (outcome = error),
    );
    const next = await world.until(world.process(world.nats.connect({ server: second })).open('log'));
    expect(await textsOf(world, next)).toEqual(['before']);
    await world.clock.advance(60_000);
    expect(outcome).toBe('open');
    world.nats.heal(leader, second);
    world.nats.heal(leader, third);
    await world.until(write(next, 'after'));
    await world.clock.advance(10_000);
    expect(outcome).toMatchObject({ code: 'MR_WAL_FENCED' });
    expect(await recovered(world)).toEqual(['before', 'after']);
  });

  it('has an append that lands late once, as long as nobody has taken the log over', async () => {
    const { world, log } = await opened();
    const stream = world.streams.stream(META);
    const [leader = '', second = '', third = ''] = stream.servers;
    world.nats.kill(second);
    world.nats.kill(third);
    const writing = write(log, 'late');
    await world.clock.advance(20_000);
    world.nats.restart(second);
    world.nats.restart(third);
    await world.until(writing);
    await world.until(write(log, 'next'));
    expect(stream.leaderFor(leader)).toBe(leader);
    expect(await recovered(world)).toEqual(['late', 'next']);
  });

  it('reads everything, also from a replica that lags behind', async () => {
    const { world, log } = await opened({ streams: { lagMs: () => 2_500 } });
    const texts = Array.from({ length: 40 }, (_, i) => `entry ${i}`);
    for (const text of texts) await world.until(write(log, text));
    for (let life = 0; life < 4; life += 1) expect(await recovered(world)).toEqual(texts);
  });

  it('reads on with another consumer when the server of the consumer dies', async () => {
    const { world, log } = await opened({ latencyMs: () => 20 });
    const texts = Array.from({ length: 200 }, (_, i) => `entry ${i}`);
    for (const text of texts) await world.until(write(log, text));
    const next = await world.until(world.process().open('log'));
    const found: string[] = [];
    const reading = (async () => {
      for await (const { payload } of next.readAll()) {
        found.push(Buffer.from(payload).toString());
      }
    })();
    await world.clock.advance(70);
    for (const server of world.nats.servers) {
      world.nats.kill(server);
      await world.clock.advance(15_000);
      world.nats.restart(server);
      await world.clock.advance(15_000);
    }
    await world.until(reading);
    expect(found).toEqual(texts);
    expect(world.streams.consumersMade).toBeGreaterThan(1);
  });
});

describe('opening a log', () => {
  it('refuses a missing stream', async () => {
    const world = new LogWorld();
    expect(await errorOf(world, world.process().open('log'))).toMatchObject({
      code: 'MR_CLUSTER_STREAM_MISSING',
      message: 'the servers of NATS have no stream ML_test_log: make the streams with npx millrace-nats init',
    });
  });

  it('refuses a stream with other settings, and names them', async () => {
    const world = new LogWorld();
    await world.createStream('log', { num_replicas: 1, allow_direct: true, max_bytes: 1_000_000 });
    expect(await errorOf(world, world.process().open('log'))).toMatchObject({
      code: 'MR_CLUSTER_STREAM_UNFIT',
      message: expect.stringMatching(
        /correct them with nats stream edit.*the option replicas: 1 says so/,
      ) as string,
      details: { differences: ['num_replicas: expected 3, got 1', 'allow_direct: expected false, got true'] },
    });
  });

  it('refuses a server that does not know a setting', async () => {
    const world = new LogWorld({
      streams: {
        echo: ({ deny_delete: _unknown, ...config }) => config as ReturnType<typeof streamConfig>,
      },
    });
    await world.createStream();
    expect(await errorOf(world, world.process().open('log'))).toMatchObject({
      details: { differences: ['deny_delete: expected true, got undefined'] },
    });
  });

  it('waits for a leader, for a minute', async () => {
    const world = new LogWorld();
    await world.createStream();
    const [leader = '', second = ''] = world.streams.stream(META).servers;
    world.nats.kill(leader);
    await world.until(world.process(world.nats.connect({ server: second })).open('log'));
    world.nats.kill(second);
    const opening = world.process().open('log');
    await world.clock.advance(59_000);
    expect(await errorOf(world, opening)).toMatchObject({ code: 'MR_CLUSTER_UNANSWERED' });
  });

  it('refuses a log that a later version wrote, and changes nothing', async () => {
    const { world, log } = await opened();
    await world.until(write(log, 'one'));
    await world.until(log.close());
    const stream = world.streams.stream(META);
    stream.damage(2, (data) => data.writeUInt8(2, 0));
    const before = stream.info(stream.servers[0] ?? '').state;
    expect(await errorOf(world, world.process().open('log'))).toMatchObject({
      code: 'MR_CLUSTER_FORMAT_UNSUPPORTED',
    });
    expect(stream.info(stream.servers[0] ?? '').state).toEqual(before);
  });
});

describe('reading a log that an earlier driver cleans meanwhile', () => {
  it('begins anew, and hands nothing on that does not fit', async () => {
    const { world, log } = await opened({ latencyMs: () => 20 });
    const texts = Array.from({ length: 100 }, (_, i) => `entry ${i}`);
    for (const text of texts) await world.until(write(log, text));
    const next = await world.until(world.process().open('log'));
    const found: string[] = [];
    const reading = (async () => {
      for await (const { payload } of next.readAll()) found.push(Buffer.from(payload).toString());
    })();
    // The first messages are on their way; the slow predecessor's purge comes now.
    await world.clock.advance(105);
    expect([found, world.streams.consumersMade]).toEqual([[], 1]);
    await world.until(new StreamApi(world.nats.connect(), 5_000).purge(META, { below: 72 }));
    await world.until(reading);
    expect(found).toEqual(texts.slice(70));
    expect(world.log.messages('warn')).toContain(
      'an earlier driver has cleaned the log while the log was read: reading the log again',
    );
  });
});
