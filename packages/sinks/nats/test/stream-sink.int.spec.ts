// `natsSink` over a real server: messages, the ledger, streams that do not fit, and two writers at once.
import { isMillraceError } from '@millrace/core';
import { describe, expect } from 'vitest';
import { openSink, write } from './opened-sinks.ts';
import type { TargetServer } from './target-server.ts';
import { withTarget } from './with-target.ts';

const { itWithNats } = withTarget();

const textsOf = async (target: TargetServer, stream: string) =>
  (await target.messages(stream)).map(({ text }) => text);
const failure = (promise: Promise<unknown>) => promise.then(() => undefined).catch((error: unknown) => error);

async function assertUnfit(opening: Promise<unknown>, text: string): Promise<void> {
  const refused = await failure(opening);
  expect(isMillraceError(refused, 'MR_SINK_NATS_STREAM_UNFIT')).toBe(true);
  expect(String(refused)).toContain(text);
}

describe('messages', () => {
  itWithNats('have subjects, headers and values as described', async (target) => {
    const stream = await target.stream();
    const sink = await openSink<string>(target, { stream, value: 'text' }, (record) => ({
      value: record,
      subject: `${stream}.${record}`,
      headers: { kind: record, more: 'ä' },
    }));
    await sink.write(['x', 'y'], write());
    const found = await target.messages(stream);
    expect(found.map(({ subject, text }) => [subject, text])).toEqual([
      [`${stream}.x`, 'x'],
      [`${stream}.y`, 'y'],
    ]);
    const own = found[0]?.headers.filter(([name]) => !name.startsWith('Nats-'));
    expect(own).toEqual([
      ['kind', ['x']],
      ['more', ['ä']],
    ]);
  });

  itWithNats('are bytes, or the largest that the server takes', async (target) => {
    const stream = await target.stream();
    const sink = await openSink<Uint8Array>(target, { stream, value: 'bytes' });
    const large = new Uint8Array(1_048_000).fill(7);
    await sink.write([new Uint8Array([0, 255]), large, large, large, large, large], write());
    const found = await target.messages(stream);
    expect(found.map(({ text }) => text.length)).toEqual([
      2,
      ...Array.from({ length: 5 }, () => large.length),
    ]);
    const refused = await failure(sink.write([new Uint8Array(1_100_000)], write(2_000)));
    expect(isMillraceError(refused, 'MR_SINK_UNSUPPORTED_RECORD')).toBe(true);
  });
});

describe('a partition of several atomic batches', () => {
  itWithNats('goes on where an earlier writer with another size has stopped', async (target) => {
    const stream = await target.stream();
    const records = Array.from({ length: 10 }, (_, id) => id);
    function* broken(): Generator<number> {
      yield* records.slice(0, 6);
      throw new Error('the source failed');
    }
    const first = await openSink<number>(target, { stream, batchRecords: 2 });
    await failure(first.write(broken(), write()));
    const before = await textsOf(target, stream);
    expect(before.length).toBeGreaterThan(0);
    expect(before.length).toBeLessThan(records.length);
    const second = await openSink<number>(target, { stream, batchRecords: 7 });
    await second.write(records, write());
    await first.write(records, write());
    expect(await textsOf(target, stream)).toEqual(records.map(String));
  });

  itWithNats('is there once after two writers at once, with different sizes', async (target) => {
    const stream = await target.stream();
    const records = Array.from({ length: 300 }, (_, id) => id);
    const sinks = await Promise.all(
      [10, 13, 17, 300].map((batchRecords) => openSink<number>(target, { stream, batchRecords })),
    );
    await Promise.all(sinks.map((sink) => sink.write(records, write())));
    expect(await textsOf(target, stream)).toEqual(records.map(String));
  });
});

describe('the ledger', () => {
  itWithNats('has readable messages', async (target) => {
    const stream = await target.stream();
    const sink = await openSink<number>(target, { stream, batchRecords: 2 });
    await sink.write([1, 2, 3], { ...write(5_000), application: 'my app' });
    const base = `millrace.ledger.${stream}.my%20app.0.5000`;
    expect((await target.ledger(stream)).map(({ subject, text }) => [subject, text])).toEqual([
      [`${base}.count`, '{"partitions":1}'],
      [`${base}.0.0`, '{"to":2,"isLast":false}'],
      [`${base}.0.1`, '{"to":3,"isLast":true}'],
    ]);
  });

  itWithNats('forgets old batches, and refuses what it has forgotten', async (target) => {
    const stream = await target.stream();
    const sink = await openSink<number>(target, { stream, ledgerBatches: 3 });
    for (let batch = 1; batch <= 104; batch += 1) await sink.write([batch], write(batch * 1_000));
    const counts = (await target.ledger(stream)).filter(({ subject }) => subject.endsWith('.count'));
    expect(counts).toHaveLength(4);
    const again = await openSink<number>(target, { stream, ledgerBatches: 3 });
    await again.write([103], write(103_000));
    const refused = await failure(again.write([1], write(1_000)));
    expect(isMillraceError(refused, 'MR_SINK_NATS_FORGOTTEN')).toBe(true);
    expect(await textsOf(target, stream)).toHaveLength(104);
  });

  itWithNats('refuses a message of somebody else', async (target) => {
    const stream = await target.stream();
    const sink = await openSink<number>(target, { stream });
    target.connection.publish(`millrace.ledger.${stream}.app.0.1000.count`, 'hello');
    await target.connection.flush();
    const refused = await failure(sink.write([1], write()));
    expect(isMillraceError(refused, 'MR_SINK_NATS_LEDGER')).toBe(true);
  });
});

describe('a stream that does not fit', () => {
  itWithNats('is refused: without atomic batches', async (target) => {
    const stream = await target.stream({ allow_atomic: false });
    await assertUnfit(openSink(target, { stream }), 'allow_atomic');
  });

  itWithNats('is refused: without the subject of messages', async (target) => {
    const stream = await target.stream();
    await assertUnfit(openSink(target, { stream, subject: 'elsewhere' }), 'the subject elsewhere');
  });

  itWithNats('is refused: without the subjects of the ledger', async (target) => {
    const subject = `own.${crypto.randomUUID()}`;
    const stream = await target.stream({ subjects: [subject] });
    const expected = `add millrace.ledger.${stream}.> to the subjects`;
    await assertUnfit(openSink(target, { stream, subject }), expected);
  });

  itWithNats(
    'takes messages at least once without atomic batches, each once in its window',
    async (target) => {
      const stream = await target.stream({ allow_atomic: false });
      const sink = await openSink<number>(target, { stream, delivery: 'at-least-once' });
      await sink.write([1, 2], write());
      await sink.write([1, 2], write());
      expect(await textsOf(target, stream)).toEqual(['1', '2']);
    },
  );

  itWithNats('is refused: unknown', async (target) => {
    const refused = await failure(openSink(target, { stream: 'NOWHERE' }));
    expect(isMillraceError(refused, 'MR_SINK_NATS_STREAM_UNKNOWN')).toBe(true);
  });

  itWithNats('is waited for: full', async (target) => {
    const stream = await target.stream({ max_msgs: 5, discard: 'new' });
    const sink = await openSink<number>(target, { stream });
    const refused = await failure(sink.write([1, 2, 3, 4, 5, 6], write()));
    expect(isMillraceError(refused, 'MR_SINK_NATS_BUSY')).toBe(true);
    expect(await textsOf(target, stream)).toEqual([]);
  });

  itWithNats('refuses a message that is larger than the stream permits', async (target) => {
    const stream = await target.stream({ max_msg_size: 1_000 });
    const sink = await openSink<string>(target, { stream });
    const refused = await failure(sink.write(['a', 'x'.repeat(2_000), 'b'], write()));
    expect(isMillraceError(refused, 'MR_SINK_UNSUPPORTED_RECORD')).toBe(true);
    expect(await textsOf(target, stream)).toEqual([]);
  });
});
