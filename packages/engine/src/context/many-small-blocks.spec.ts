// A source that waits for each record makes a block for each record. A batch of thousands of such blocks has as many
// tasks as any other batch.
import { type AckToken, defineReceiver, noOptions, type ReceiverContext } from '@millrace/core';
import { settle, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { StreamingContext } from './streaming-context.ts';

const RECORDS = 2_000;

/** A source that sends the next record when the last one is acknowledged. */
class WaitingSource {
  context: ReceiverContext<number> | undefined;
  acknowledged = 0;

  receiver() {
    return defineReceiver<number, Record<string, never>, Record<string, never>>({
      name: 'waiting',
      contract: 1,
      capabilities: {
        ack: 'individual',
        replayable: false,
        ordering: 'per-stream',
        pause: true,
        bounded: false,
        format: 'records',
        touches: [],
      },
      options: noOptions,
      create: () => ({
        start: (context) => void (this.context = context),
        stop: () => undefined,
        acknowledge: (tokens: readonly AckToken[]) => void (this.acknowledged += tokens.length),
      }),
    })({});
  }

  /** Sends a record and waits for its acknowledgement, while no time passes. */
  async send(record: number): Promise<void> {
    this.context?.store(record, record);
    for (let turn = 0; turn < 100 && this.acknowledged <= record; turn += 1) await settle();
    expect(this.acknowledged).toBe(record + 1);
  }
}

async function startedWith(source: WaitingSource, options: { readonly maxUnallocatedBlocks?: number } = {}) {
  const { clock, plugin } = virtualPorts();
  const ssc = new StreamingContext({
    appName: 'small',
    batchIntervalMs: 1_000,
    tracking: options,
    plugins: [plugin],
  });
  const batches: { readonly partitions: number; readonly records: readonly number[] }[] = [];
  ssc.receiverStream(source.receiver()).foreachRDD(async (rdd) => {
    batches.push({ partitions: rdd.partitionCount, records: await rdd.collect() });
  });
  await ssc.start();
  await clock.advance(0);
  return { ssc, clock, batches };
}

describe('a batch of many small blocks', () => {
  it('has one partition for each block interval, and each record once', async () => {
    const source = new WaitingSource();
    const { ssc, clock, batches } = await startedWith(source);
    for (let record = 0; record < RECORDS; record += 1) {
      await source.send(record);
      if (record % (RECORDS / 5) === RECORDS / 5 - 1) await clock.advance(200);
    }
    await clock.advance(1_000);
    await ssc.stop({ graceful: false });
    const filled = batches.filter(({ records }) => records.length > 0);
    expect(filled.flatMap(({ records }) => records)).toEqual(Array.from({ length: RECORDS }, (_, n) => n));
    expect(filled.map(({ partitions }) => partitions)).toEqual([5]);
  });

  it('does not exhaust the blocks that may wait: from half of them on, the source waits for its interval', async () => {
    const source = new WaitingSource();
    const { ssc, clock, batches } = await startedWith(source, { maxUnallocatedBlocks: 8 });
    for (let record = 0; record < 4; record += 1) await source.send(record);
    source.context?.store(4, 4);
    await clock.advance(100);
    expect(source.acknowledged).toBe(4);
    await clock.advance(100);
    expect(source.acknowledged).toBe(5);
    // The batch has taken the blocks; the next block tells the receiver.
    await clock.advance(800);
    source.context?.store(5, 5);
    await clock.advance(200);
    await source.send(6);
    await clock.advance(1_000);
    await ssc.stop({ graceful: false });
    expect(batches.flatMap(({ records }) => records)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});
