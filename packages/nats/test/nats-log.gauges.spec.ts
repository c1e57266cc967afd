// The amounts of a log on JetStream for observers: the entries that no quorum has, and the followers of the leader.
import { type LogHandle, ManualClock, type WriteAheadLog } from '@millrace/core';
import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { StreamFollowers } from '../src/streams/stream-followers.ts';
import { LogWorld } from './log-world.ts';

const META = 'ML_test_log';
const NONE = { entries: 0, bytes: 0, oldestMs: 0 };
const write = (log: WriteAheadLog, text: string): Promise<LogHandle> => log.write(Buffer.from(text), 1);

async function opened(servers: number) {
  const world = new LogWorld({ servers });
  await world.createStream();
  const stream = world.streams.stream(META);
  const log = await world.until(world.process().open('log'));
  const [leader = '', ...followers] = stream.servers;
  return { world, stream, log, leader, followers };
}

describe.each([1, 3])('the gauges of a log on %i servers', (servers) => {
  it('count the entries that no quorum has, with the age of the oldest', async () => {
    const { world, stream, log } = await opened(servers);
    expect(log.gauges()).toMatchObject({ kind: 'jetstream', unconfirmed: NONE });
    const go = stream.hold();
    const first = write(log, 'first');
    await world.clock.advance(2_000);
    const second = write(log, 'second');
    await world.clock.advance(1_000);
    expect(log.gauges().unconfirmed).toMatchObject({ entries: 2, oldestMs: 3_000 });
    go();
    await world.until(Promise.all([first, second]));
    expect(log.gauges().unconfirmed).toEqual(NONE);
  });

  it('have the followers in the answer that the gauges before have asked for (LOG-24)', async () => {
    const { world, log } = await opened(servers);
    expect(log.gauges().followers).toBeUndefined();
    await world.clock.advance(100);
    expect(log.gauges().followers).toEqual({ count: servers - 1, behind: 0, lag: 0, ageMs: 100 });
  });
});

describe('the followers in the gauges of a log', () => {
  it('are behind while they are cut off, with the operations that they lack', async () => {
    const { world, log, leader, followers } = await opened(3);
    const [behind = ''] = followers;
    world.nats.cut(leader, behind);
    for (const text of ['one', 'two', 'three']) await world.until(write(log, text));
    log.gauges();
    await world.clock.advance(100);
    expect(log.gauges().followers).toMatchObject({ count: 2, behind: 1, lag: 3 });
    world.nats.heal(leader, behind);
    await world.clock.advance(1_000);
    log.gauges();
    await world.clock.advance(100);
    expect(log.gauges().followers).toMatchObject({ count: 2, behind: 0, lag: 0 });
  });

  it('grow old without an answer', async () => {
    const { world, log, leader, followers } = await opened(3);
    log.gauges();
    await world.clock.advance(100);
    for (const server of [leader, ...followers]) world.nats.kill(server);
    log.gauges();
    await world.clock.advance(10_000);
    expect(log.gauges().followers).toEqual({ count: 2, behind: 0, lag: 0, ageMs: 10_100 });
  });

  it('are asked for with one question at a time', async () => {
    const clock = new ManualClock();
    const questions: ((info: undefined) => void)[] = [];
    const info = () => new Promise<undefined>((answer) => questions.push(answer));
    const reader = new StreamFollowers({ info }, clock);
    for (let reading = 0; reading < 3; reading += 1) reader.ask(META);
    expect(questions).toHaveLength(1);
    questions[0]?.(undefined);
    await settle();
    reader.ask(META);
    expect([questions.length, reader.newest]).toEqual([2, undefined]);
  });

  it('are asked for neither without an observer nor after the end of the log', async () => {
    const { world, log } = await opened(3);
    let asked = 0;
    world.nats.connect().subscribe(`$JS.API.STREAM.INFO.${META}`, () => {
      asked += 1;
    });
    await world.until(write(log, 'one'));
    await world.clock.advance(60_000);
    expect(asked).toBe(0);
    log.gauges();
    await world.clock.advance(1_000);
    expect(asked).toBe(1);
    await world.until(log.close());
    log.gauges();
    await world.clock.advance(1_000);
    expect(asked).toBe(1);
  });
});
