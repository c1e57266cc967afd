import { RecordingReceiverContext, settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { batch } from '../../test/batches.ts';
import { malformedReaction } from '../decoding/malformed.ts';
import { messageDecoder } from '../decoding/message-decoder.ts';
import { offsetBehind } from '../fetching/delivered-records.ts';
import { PartitionReading } from './partition-reading.ts';
import type { PartitionAnswer } from './partition-source.ts';

const PLACE = { topic: 'orders', partition: 0 };
const RUN = { topicId: 'a', first: 0 };

/** A partition whose answers are released one by one. */
class Source {
  readonly asked: number[] = [];
  readonly #waiting: PromiseWithResolvers<PartitionAnswer | undefined>[] = [];

  fetch(offset: number): Promise<PartitionAnswer | undefined> {
    this.asked.push(offset);
    const waiting = Promise.withResolvers<PartitionAnswer | undefined>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  async answer(at?: number, ...values: readonly string[]): Promise<void> {
    const batches = at === undefined ? [] : [batch({ at, values })];
    const next = offsetBehind(batches);
    this.#waiting.shift()?.resolve(next === undefined ? undefined : { batches, aborted: [], next });
    await settle();
  }

  async fail(error: Error): Promise<void> {
    this.#waiting.shift()?.reject(error);
    await settle();
  }
}

function reading({ from = 0, room = Infinity, onMalformed = 'skip' as 'skip' | 'stop' } = {}) {
  const context = new RecordingReceiverContext({ room });
  const source = new Source();
  const options = {
    value: 'json',
    record: 'value',
    key: 'text',
    isolation: 'committed',
    onMalformed,
  } as const;
  const reader = new PartitionReading({
    context,
    source,
    decode: messageDecoder(options, PLACE),
    malformed: malformedReaction(context, onMalformed),
    place: PLACE,
    run: RUN,
    from,
  });
  return { context, source, reader };
}

describe('PartitionReading', () => {
  it('stores records with their positions, and asks for the next answer before storing', async () => {
    const { context, source, reader } = reading({ from: 1 });
    void reader.read();
    await source.answer(0, '0', '1', '2');
    expect(context.records).toEqual([1, 2]);
    expect(context.unacknowledged).toEqual([
      { offset: 1, run: RUN },
      { offset: 2, run: RUN },
    ]);
    expect(context.givenBytes).toEqual([1, 1]);
    expect([source.asked, reader.next]).toEqual([[1, 3], 3]);
    await source.answer();
    expect(source.asked).toEqual([1, 3, 3]);
  });

  it('stores nothing more after false until there is room, and asks for one answer ahead', async () => {
    const { context, source, reader } = reading({ room: 1 });
    void reader.read();
    await source.answer(0, '0', '1', '2');
    await source.answer(3, '3');
    expect([context.records, source.asked, reader.next]).toEqual([[0], [0, 3], 0]);
    context.makeRoom(2);
    await settle();
    expect(context.records).toEqual([0, 1, 2]);
    context.makeRoom();
    await settle();
    expect([context.records, source.asked]).toEqual([
      [0, 1, 2, 3],
      [0, 3, 4],
    ]);
  });

  it('ends in silence when stopped, while it waits for an answer or for room', async () => {
    const waiting = reading();
    const read = waiting.reader.read();
    waiting.context.abort();
    await waiting.source.answer(0, '0');
    await read;
    expect(waiting.context.records).toEqual([]);
    const held = reading({ room: 1 });
    const heldRead = held.reader.read();
    await held.source.answer(0, '0', '1');
    held.context.abort();
    await held.source.fail(new Error('closed'));
    await heldRead;
    expect(held.context.records).toEqual([0]);
  });

  it('leaves malformed messages out and reports the sum', async () => {
    const { context, source, reader } = reading();
    void reader.read();
    await source.answer(0, '0', '{', '}', '3');
    expect(context.records).toEqual([0, 3]);
    expect(context.errors.map(({ message }) => message)).toEqual([
      'left out 1 malformed messages, 1 since the start; the last: expected JSON in the message of orders[0] at offset 1',
    ]);
  });

  it('ends the receiver at a malformed message, before the records behind', async () => {
    const { context, source, reader } = reading({ onMalformed: 'stop' });
    const read = reader.read();
    await source.answer(0, '0', '{', '2');
    await read;
    expect([context.records, reader.next]).toEqual([[0], 1]);
    expect(context.stops).toMatchObject([
      {
        message: expect.stringContaining('expected JSON in the message of orders[0] at offset 1'),
        error: { code: 'MR_KAFKA_MALFORMED', details: { offset: 1 } },
      },
    ]);
  });

  it('passes on the failure of a source', async () => {
    const { source, reader } = reading();
    const failed = reader.read().catch((error: unknown) => error);
    await source.answer(0, '0');
    await source.fail(new Error('lost'));
    expect(await failed).toEqual(new Error('lost'));
  });
});
