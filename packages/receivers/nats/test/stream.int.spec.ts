// `jetstreamStream` over a real server: beginnings, gaps, streams that do not fit, and what a server forgets.
import { setTimeout } from 'node:timers/promises';
import { NodeStorage, NoopLogger, SystemClock } from '@millrace/core';
import { untilTrue } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { RunningReceiver } from '../../../../tools/servers/running-receiver.ts';
import { jetstreamStream, type JetstreamStreamInput, type StreamPosition } from '../src/index.ts';
import type { NatsServer } from './nats-server.ts';
import { withNats } from './with-nats.ts';

const { itWithNats } = withNats();

type Options = Partial<JetstreamStreamInput> & { readonly stream: string };

function configured({ server }: NatsServer, options: Options) {
  return jetstreamStream({ host: '127.0.0.1', port: server.port, ...options });
}

const run = (server: NatsServer, options: Options, resumeFrom?: unknown) =>
  RunningReceiver.start(configured(server, options), { resumeFrom });
const write = (server: NatsServer, stream: string, ...values: readonly unknown[]) =>
  server.write(
    `${stream}.a`,
    values.map((value) => JSON.stringify(value)),
  );
const positionOf = ({ context }: RunningReceiver, index: number) =>
  structuredClone(context.unacknowledged[index]);

async function rangeOf(
  server: NatsServer,
  options: Options,
  range: { readonly from?: unknown; readonly to: unknown },
): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  const ports = { clock: new SystemClock(), storage: new NodeStorage(), log: new NoopLogger() };
  const context = { ...ports, streamId: 0 as never, signal: new AbortController().signal };
  for await (const piece of configured(server, options).readRange?.(range, context) ?? [])
    if (piece.kind === 'records') found.push(...piece.records);
  return found;
}

describe('the beginning', () => {
  itWithNats('is the oldest message, the next one, a time or a sequence', async (server) => {
    const stream = await server.stream();
    await write(server, stream, 1, 2);
    await setTimeout(20);
    const timestampMs = Date.now();
    await write(server, stream, 3);
    const starts = ['earliest', 'latest', { timestampMs }, { sequence: 2 }] as const;
    const all = await Promise.all(starts.map((from) => run(server, { stream, from })));
    await write(server, stream, 4);
    const expected = [[1, 2, 3, 4], [4], [3, 4], [2, 3, 4]];
    for (const [index, records] of expected.entries()) await all[index]?.has(records.length);
    expect(all.map(({ records }) => records)).toEqual(expected);
    const firsts = all.map(({ context }) => (context.unacknowledged[0] as StreamPosition).run.first);
    expect(firsts).toEqual([1, 4, 3, 2]);
  });

  itWithNats('is behind the last registered record, whatever from says', async (server) => {
    const stream = await server.stream();
    await write(server, stream, 1, 2, 3);
    const first = await run(server, { stream });
    await first.has(3);
    const second = await run(server, { stream, from: 'latest' }, positionOf(first, 1));
    await second.has(1);
    expect(second.records).toEqual([3]);
    expect(second.receiver.gauges?.()).toEqual({ lagRecords: 0 });
  });

  itWithNats('with subjects reads these subjects, also in ranges', async (server) => {
    const stream = await server.stream();
    for (const id of [1, 2, 3, 4, 5, 6])
      await server.write(`${stream}.${id % 2 === 0 ? 'even' : 'odd'}`, [String(id)]);
    const options = { stream, subjects: [`${stream}.even`] };
    const even = await run(server, options);
    await even.has(3);
    expect(even.records).toEqual([2, 4, 6]);
    expect(await rangeOf(server, options, { to: positionOf(even, 1) })).toEqual([2, 4]);
    const last = { from: positionOf(even, 1), to: positionOf(even, 2) };
    expect(await rangeOf(server, options, last)).toEqual([6]);
  });
});

describe('records', () => {
  itWithNats('have subject, headers and place with record: full, the same in a range', async (server) => {
    const stream = await server.stream();
    await server.write(`${stream}.x.y`, ['7']);
    const options = { stream, record: 'full' } as const;
    const full = await run(server, options);
    await full.has(1);
    const [record] = full.records as readonly { timestampMs: number; headers: readonly unknown[] }[];
    expect(record).toMatchObject({ subject: `${stream}.x.y`, value: 7, stream, sequence: 1 });
    expect(Math.abs(Date.now() - (record?.timestampMs ?? 0))).toBeLessThan(60_000);
    expect(record?.headers).toMatchObject([['Nats-Msg-Id', expect.any(String)]]);
    expect(await rangeOf(server, options, { to: positionOf(full, 0) })).toEqual([record]);
  });

  itWithNats('larger than the bound are held alone', async (server) => {
    const stream = await server.stream();
    const values = [1, 'x'.repeat(50_000), 2, 'y'.repeat(50_000), 3];
    await write(server, stream, ...values);
    const small = await run(server, { stream, maxBytesInFlight: 1_024 });
    await small.has(5);
    expect(small.records).toEqual(values);
  });

  itWithNats('that are malformed end the receiver', async (server) => {
    const stream = await server.stream();
    await server.write(`${stream}.a`, ['1', '{', '3']);
    const stopped = await run(server, { stream });
    await untilTrue(() => stopped.context.stops.length > 0);
    expect([stopped.records, stopped.codes]).toEqual([[1], ['MR_NATS_MALFORMED']]);
  });
});

describe('a gap', () => {
  const gap = async (server: NatsServer, options: Partial<JetstreamStreamInput> = {}) => {
    const stream = await server.stream();
    await write(server, stream, 1, 2, 3, 4);
    const before = await run(server, { stream, ...options });
    await before.has(4);
    await before.end();
    await server.removeBefore(stream, 4);
    return { stream, position: positionOf(before, 0) };
  };

  itWithNats('ends the receiver', async (server) => {
    const { stream, position } = await gap(server);
    const { context } = await run(server, { stream }, position);
    await untilTrue(() => context.stops.length > 0);
    expect(context.stops).toMatchObject([{ error: { code: 'MR_NATS_GAP', details: { first: 4 } } }]);
    expect(context.records).toEqual([]);
  });

  itWithNats("is reported and passed with onGap: 'earliest', and begins a run", async (server) => {
    const { stream, position } = await gap(server);
    const after = await run(server, { stream, onGap: 'earliest' }, position);
    await after.has(1);
    expect([after.records, after.codes]).toEqual([[4], ['MR_NATS_GAP']]);
    expect((after.context.unacknowledged[0] as StreamPosition).run.first).toBe(4);
  });

  for (const subjects of [undefined, true]) {
    itWithNats(
      `is noticed while the receiver waits for room${subjects === true ? ', with subjects' : ''}`,
      async (server) => {
        const stream = await server.stream();
        const values = Array.from({ length: 60 }, (_, id) => id);
        await write(server, stream, ...values.map((id) => ({ id, text: 'x'.repeat(200) })));
        const options = { stream, maxBytesInFlight: 2_048, onGap: 'earliest' } as const;
        const filter = subjects === true ? { subjects: [`${stream}.>`] } : {};
        const running = await RunningReceiver.start(configured(server, { ...options, ...filter }), {
          room: 1,
        });
        await running.has(1);
        await setTimeout(100);
        await server.removeBefore(stream, 41);
        running.context.makeRoom();
        await untilTrue(() => (running.records.at(-1) as { id: number }).id === 59);
        const ids = running.records.map((record) => (record as { id: number }).id);
        expect(ids.length).toBeLessThan(60);
        expect(ids.slice(-20)).toEqual(values.slice(40));
        expect(running.codes).toEqual(['MR_NATS_GAP']);
      },
    );
  }

  itWithNats('is also a stream that was made anew', async (server) => {
    const { stream, position } = await gap(server);
    await server.deleteStream(stream);
    await server.addStream(stream);
    await write(server, stream, 'new');
    const after = await run(server, { stream, onGap: 'earliest' }, position);
    await after.has(1);
    expect([after.records, after.codes]).toEqual([['new'], ['MR_NATS_GAP']]);
  });

  itWithNats('is not a message that was deleted', async (server) => {
    const stream = await server.stream();
    await write(server, stream, 1, 2, 3);
    await server.deleteMessage(stream, 2);
    const all = await run(server, { stream });
    await all.has(2);
    expect([all.records, all.codes]).toEqual([[1, 3], []]);
  });

  itWithNats('fails a range', async (server) => {
    const stream = await server.stream();
    await write(server, stream, 1, 2, 3);
    const before = await run(server, { stream });
    await before.has(3);
    await server.removeBefore(stream, 2);
    await expect(rangeOf(server, { stream }, { to: positionOf(before, 2) })).rejects.toMatchObject({
      code: 'MR_NATS_RANGE_LOST',
    });
    await server.deleteStream(stream);
    await expect(rangeOf(server, { stream }, { to: positionOf(before, 2) })).rejects.toMatchObject({
      code: 'MR_NATS_RANGE_LOST',
    });
  });
});

describe('a server', () => {
  itWithNats('may forget the consumer: the receiver goes on behind the last record', async (server) => {
    const stream = await server.stream();
    await write(server, stream, 1);
    const all = await run(server, { stream });
    await all.has(1);
    for await (const { name } of server.consumers.list(stream)) await server.consumers.delete(stream, name);
    await write(server, stream, 2, 3);
    await all.has(3);
    expect([all.records, all.codes]).toEqual([[1, 2, 3], []]);
  });

  itWithNats('has no consumer of a receiver that was stopped', async (server) => {
    const stream = await server.stream();
    const all = await run(server, { stream });
    await all.end();
    expect(await server.consumers.list(stream).next()).toEqual([]);
  });
});

describe('a stream that does not fit', () => {
  itWithNats('stops the engine: unknown, a work queue, last messages only', async (server) => {
    const cases = [
      ['NOWHERE', 'MR_NATS_STREAM_UNKNOWN'],
      [await server.stream({ retention: 'workqueue' }), 'MR_NATS_STREAM_UNFIT'],
      [await server.stream({ max_msgs_per_subject: 1 }), 'MR_NATS_STREAM_UNFIT'],
    ] as const;
    for (const [stream, code] of cases) {
      const refused = await run(server, { stream });
      expect(refused.context.restarts).toMatchObject([{ error: { code, disposition: 'stop-engine' } }]);
    }
  });

  itWithNats('is read without ranges, and what was overwritten is no gap', async (server) => {
    const stream = await server.stream({ max_msgs_per_subject: 1 });
    await write(server, stream, 1);
    const first = await run(server, { stream, ranges: false });
    await first.has(1);
    await first.end();
    await write(server, stream, 2, 3, 4);
    const second = await run(server, { stream, ranges: false }, positionOf(first, 0));
    await second.has(1);
    expect([second.records, second.codes]).toEqual([[4], []]);
    expect(jetstreamStream({ host: 'h', stream, ranges: false }).readRange).toBeUndefined();
  });

  itWithNats('restarts the receiver when the stream is deleted', async (server) => {
    const stream = await server.stream();
    const all = await run(server, { stream });
    await server.deleteStream(stream);
    await untilTrue(() => all.context.restarts.length > 0);
    const next = await run(server, { stream });
    expect(next.codes).toEqual(['MR_NATS_STREAM_UNKNOWN']);
  });
});
