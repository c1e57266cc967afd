// The traps of real servers: what they answer, and what the log makes of it.
import { isMillraceError, type WriteAheadLog } from '@millrace/core';
import { describe, expect } from 'vitest';
import { StreamReader } from '../src/streams/stream-reader.ts';
import type { RealCluster } from './real-cluster.ts';
import { untilTrue } from './until-true.ts';
import { withCluster } from './with-cluster.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const write = (log: WriteAheadLog, text: string) => log.write(bytes(text), 1);
const SECOND = 1_000_000_000;

async function textsOf(log: WriteAheadLog): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const { payload } of log.readAll()) texts.push(Buffer.from(payload).toString());
  return texts;
}

const recovered = async (cluster: RealCluster, stream: string): Promise<readonly string[]> =>
  textsOf(await cluster.process().open(stream));

describe.each([1, 3])('the answers of %i servers', (count) => {
  const { it } = withCluster(count);

  it('to a repeated append: a duplicate, or an expectation that does not hold', async (cluster) => {
    const stream = await cluster.createStream({ duplicate_window: SECOND });
    const api = await cluster.api();
    const message = { subject: `ml.${stream}`, data: bytes('x'), id: 'a/1', expectLast: 0 };
    expect(await api.append(message)).toEqual({ kind: 'stored', sequence: 1, isDuplicate: false });
    const again = await api.append(message);
    // One server compares the expectation first, several compare the id first.
    if (count === 1) expect(again.kind).toBe('unexpected');
    else expect(again).toEqual({ kind: 'stored', sequence: 1, isDuplicate: true });
    await cluster.clock.sleepFor(1_500);
    await untilTrue(async () => (await api.append(message)).kind === 'unexpected');
    expect((await api.info(stream))?.state.messages).toBe(1);
    const found = await api.get(stream, { sequence: 1 });
    expect([found?.headers['Nats-Msg-Id'], found?.headers['Ml-V']]).toEqual(['a/1', '1']);
    expect(await api.get(stream, { sequence: 2 })).toBeUndefined();
  });

  it('of a full stream, of a stream that is missing, and to a message that is too large', async (cluster) => {
    const stream = await cluster.createStream({ max_bytes: 4_000, max_msg_size: 3_000 });
    const subject = `ml.${stream}`;
    const api = await cluster.api();
    expect((await api.append({ subject, data: new Uint8Array(2_900) })).kind).toBe('stored');
    expect(await api.append({ subject, data: new Uint8Array(2_900) })).toMatchObject({ kind: 'full' });
    expect(await api.append({ subject, data: new Uint8Array(3_100) })).toMatchObject({
      kind: 'refused',
      code: 10054,
    });
    expect(await api.append({ subject: 'ml.nowhere', data: bytes('x') })).toEqual({
      kind: 'unknown',
      reason: 'no-responders',
    });
    expect(await api.info('ML_nowhere')).toBeUndefined();
    await expect(api.purge('ML_nowhere', {})).rejects.toMatchObject({ code: 'MR_CLUSTER_REFUSED' });
  });

  it('to a reader, whose messages are purged meanwhile: a gap without a word', async (cluster) => {
    const stream = await cluster.createStream();
    const { clock, random } = cluster;
    const api = await cluster.api();
    // More than the reader asks for at once.
    const large = new Uint8Array(100_000);
    for (let i = 0; i < 200; i += 1) await api.append({ subject: `ml.${stream}`, data: large });
    const reader = new StreamReader({ link: api.link, clock, random, inboxPrefix: '_INBOX' });
    const sequences: number[] = [];
    for await (const { sequence } of reader.read({ stream, from: 1, to: 200 })) {
      if (sequences.length === 0) await api.purge(stream, { below: 190 });
      sequences.push(sequence);
    }
    // The first batch was on its way.
    expect(sequences.slice(0, 3)).toEqual([1, 2, 3]);
    expect(sequences.slice(-11)).toEqual(Array.from({ length: 11 }, (_, i) => 190 + i));
    expect(sequences).not.toContain(189);
  });

  it('to a driver that was replaced', async (cluster) => {
    const stream = await cluster.createStream();
    const first = await cluster.process().open(stream);
    await write(first, 'before');
    const second = await cluster.process().open(stream);
    const outcomes = await Promise.allSettled([write(first, 'late'), write(first, 'later')]);
    for (const outcome of outcomes)
      expect(outcome.status === 'rejected' && isMillraceError(outcome.reason, 'MR_WAL_FENCED')).toBe(true);
    await write(second, 'after');
    await first.close();
    expect(await recovered(cluster, stream)).toEqual(['before', 'after']);
  });

  it('to a full log, whose fences have room', async (cluster) => {
    const stream = await cluster.createStream({ max_bytes: 30_000 });
    const log = await cluster.process().open(stream);
    const texts: string[] = [];
    for (;;) {
      const text = `entry ${texts.length} ${'x'.repeat(1_000)}`;
      const outcome = await write(log, text).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        expect(outcome).toMatchObject({ code: 'MR_WAL_FULL', disposition: 'back-off' });
        break;
      }
      texts.push(text);
    }
    expect(texts.length).toBeGreaterThan(10);
    expect(await recovered(cluster, stream)).toEqual(texts);
  });
});

describe('a log on three servers', () => {
  const { it } = withCluster(3);

  it('has every acknowledged entry once through kills of the leader', async (cluster) => {
    const stream = await cluster.createStream();
    const api = await cluster.api();
    const log = await cluster.process().open(stream);
    const acknowledged: string[] = [];
    let isOver = false;
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let i = 0; !isOver; i += 1) {
        const text = `${writer}.${i}`;
        await write(log, text);
        acknowledged.push(text);
      }
    });
    for (let round = 0; round < 3; round += 1) {
      const { length } = acknowledged;
      await untilTrue(() => acknowledged.length > length + 100);
      const info = await api.info(stream).catch(() => undefined);
      const leader = cluster.server(info?.cluster?.leader ?? 'millrace-1');
      await leader.kill();
      const before = acknowledged.length;
      await untilTrue(() => acknowledged.length > before + 50);
      await leader.restart();
    }
    isOver = true;
    await Promise.all(writers);
    await log.close();
    const found = await recovered(cluster, stream);
    expect(found.length).toBe(new Set(found).size);
    expect(found.toSorted()).toEqual(acknowledged.toSorted());
  });

  it('is opened while the servers elect a leader', async (cluster) => {
    const stream = await cluster.createStream();
    const api = await cluster.api();
    const log = await cluster.process().open(stream);
    await write(log, 'before');
    // Not known at once after the kills of the test before.
    let leads: string | undefined;
    await untilTrue(async () => {
      leads = (await api.info(stream).catch(() => undefined))?.cluster?.leader;
      return leads !== undefined && leads !== '';
    });
    const leader = cluster.server(leads);
    const others = cluster.servers.filter((server) => server !== leader).map(({ port }) => port);
    await leader.kill();
    expect(await textsOf(await cluster.process(() => cluster.link(others)).open(stream))).toEqual(['before']);
    await leader.restart();
  });
});
