// `natsSubject` over a real server: subjects, queue groups, and messages without room.
import { untilTrue } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { RunningReceiver } from '../../../../tools/servers/running-receiver.ts';
import { natsSubject, type NatsSubjectInput } from '../src/index.ts';
import type { NatsServer } from './nats-server.ts';
import { withNats } from './with-nats.ts';

const { itWithNats } = withNats();

function run(
  { server }: NatsServer,
  options: Partial<NatsSubjectInput> & Pick<NatsSubjectInput, 'subjects'>,
  room?: number,
) {
  return RunningReceiver.start(natsSubject({ host: '127.0.0.1', port: server.port, ...options }), { room });
}

async function publish({ connection }: NatsServer, subject: string, values: readonly string[]) {
  for (const value of values) connection.publish(subject, value);
  await connection.flush();
}

const numbers = (count: number) => Array.from({ length: count }, (_, id) => String(id));

describe('natsSubject', () => {
  itWithNats('reads subjects with wildcards, with subject and headers on request', async (server) => {
    const base = crypto.randomUUID();
    const subjects = [`${base}.a.*`, `${base}.b.>`];
    const full = await run(server, { subjects, record: 'full' });
    await publish(server, `${base}.a.x`, ['1']);
    await publish(server, `${base}.b.y.z`, ['2']);
    await publish(server, `${base}.c`, ['3']);
    await full.has(2);
    expect(full.records).toEqual([
      { subject: `${base}.a.x`, value: 1, headers: [] },
      { subject: `${base}.b.y.z`, value: 2, headers: [] },
    ]);
  });

  itWithNats('shares the messages of a queue group', async (server) => {
    const subjects = [crypto.randomUUID()];
    const both = [await run(server, { subjects, queue: 'q' }), await run(server, { subjects, queue: 'q' })];
    await publish(server, subjects[0] ?? '', numbers(200));
    await untilTrue(() => both.flatMap(({ records }) => records).length === 200);
    expect(both.every(({ records }) => records.length > 0)).toBe(true);
  });

  itWithNats('keeps a bounded number of messages without room, and reports the others', async (server) => {
    const subjects = [crypto.randomUUID()];
    const slow = await run(server, { subjects, maxQueued: 10 }, 5);
    await publish(server, subjects[0] ?? '', numbers(100));
    await untilTrue(() => (slow.receiver.gauges?.().droppedRecords ?? 0) === 85);
    expect(slow.receiver.gauges?.()).toEqual({ droppedRecords: 85, lagRecords: 10 });
    expect(slow.codes[0]).toBe('MR_NATS_DROPPED');
    slow.context.makeRoom();
    await slow.has(15);
    await publish(server, subjects[0] ?? '', ['100']);
    await slow.has(16);
    expect(slow.records).toEqual([...numbers(15).map(Number), 100]);
    await slow.end();
    const told = slow.context.errors.map(
      ({ error }) => (error as { details: { dropped: number } }).details.dropped,
    );
    expect(told.reduce((sum, one) => sum + one, 0)).toBe(85);
  });

  itWithNats('bounds the bytes of waiting messages, too', async (server) => {
    const subjects = [crypto.randomUUID()];
    const slow = await run(server, { subjects, maxQueuedBytes: 10_000, value: 'text' }, 1);
    await publish(server, subjects[0] ?? '', ['x', ...Array.from({ length: 9 }, () => 'y'.repeat(4_000))]);
    await untilTrue(() => (slow.receiver.gauges?.().droppedRecords ?? 0) === 7);
    expect(slow.receiver.gauges?.()).toEqual({ droppedRecords: 7, lagRecords: 2 });
  });

  itWithNats('counts what still waits at the end as dropped', async (server) => {
    const subjects = [crypto.randomUUID()];
    const slow = await run(server, { subjects }, 1);
    await publish(server, subjects[0] ?? '', numbers(4));
    await untilTrue(() => slow.receiver.gauges?.().lagRecords === 3);
    await slow.end();
    expect(slow.codes).toEqual(['MR_NATS_DROPPED']);
  });

  itWithNats('ends at a malformed message', async (server) => {
    const subjects = [crypto.randomUUID()];
    const stopped = await run(server, { subjects });
    await publish(server, subjects[0] ?? '', ['1', '{', '3']);
    await untilTrue(() => stopped.context.stops.length > 0);
    expect([stopped.records, stopped.codes]).toEqual([[1], ['MR_NATS_MALFORMED']]);
  });
});
