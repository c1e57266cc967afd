import { expect, it } from 'vitest';
import { MemoryParts } from '../../test/memory-parts.ts';
import { StreamFixture } from '../../test/stream-fixture.ts';
import { WindowInputCache } from './window-input-cache.ts';

/** Parts whose next reads fail. */
class FailingParts extends MemoryParts {
  failures = 0;
  reads = 0;

  override async read(part: number): Promise<Uint8Array> {
    this.reads += 1;
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('the disk does not answer');
    }
    return super.read(part);
  }
}

async function kept() {
  const fixture = new StreamFixture({ defaultParallelism: 2 });
  const numbers = fixture
    .queue([
      [1, 2],
      [3, 4],
    ])
    .persist();
  fixture.record(numbers);
  await fixture.runBatch(1_000);
  const batches = new WindowInputCache(numbers);
  const parts = new FailingParts();
  await batches.exportState(1_000, parts);
  batches.checkpointed();
  const read = async (partition: number) =>
    fixture.codec.decodeRecords(await batches.fetchSnapshot(1_000, partition));
  return { fixture, numbers, batches, parts, read };
}

it('a failed read of a part is repeated for the next caller', async () => {
  const { parts, read } = await kept();
  parts.failures = 1;
  const outcomes = await Promise.allSettled([read(0), read(1)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect([await read(0), await read(1)]).toEqual([[1], [2]]);
});

it('a part is read once for all requested partitions', async () => {
  const { parts, read } = await kept();
  expect(await Promise.all([read(0), read(1), read(0)])).toEqual([[1], [2], [1]]);
  expect(parts.reads).toBe(1);
});

it('a checkpoint writes only new batches, and holds them during the export', async () => {
  const { fixture, numbers, batches, parts } = await kept();
  await fixture.runBatch(2_000);
  const exporting = batches.exportState(2_000, parts);
  numbers.clearMetadata(9_000);
  expect(numbers.madeAt(2_000)).toBeDefined();
  await exporting;
  expect(parts.written.size).toBe(2);
  numbers.clearMetadata(9_000);
  expect(numbers.madeAt(2_000)).toBeUndefined();
});

it('a failed checkpoint is not announced to executors', async () => {
  const { fixture, batches, parts } = await kept();
  await fixture.runBatch(2_000);
  await batches.exportState(2_000, parts);
  expect(batches.snapshot().upTo).toBe(1_000);
  batches.checkpointed();
  expect(batches.snapshot().upTo).toBe(2_000);
});
