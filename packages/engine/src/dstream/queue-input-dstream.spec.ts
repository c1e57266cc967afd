import { describe, expect, it } from 'vitest';
import { StreamFixture } from '../../test/stream-fixture.ts';
import type { QueueEntry } from './queue-input-dstream.ts';

describe('a queue stream', () => {
  it('takes one entry a batch, and nothing from an empty queue', async () => {
    const fixture = new StreamFixture();
    const queue: QueueEntry<number>[] = [[1, 2], [3]];
    const seen = fixture.record(fixture.queue(queue));
    await fixture.run(3);
    queue.push([4]);
    await fixture.run(1);
    expect([...seen.values()]).toEqual([[1, 2], [3], [], [4]]);
  });

  it('takes all waiting entries when configured', async () => {
    const fixture = new StreamFixture();
    const queue: QueueEntry<number>[] = [[1], [2, 3], [4]];
    const seen = fixture.record(fixture.queue(queue, { oneAtATime: false }));
    await fixture.run(2);
    expect([...seen.values()]).toEqual([[1, 2, 3, 4], []]);
  });

  it('falls back to its default entry', async () => {
    const fixture = new StreamFixture();
    const seen = fixture.record(fixture.queue([[1]], { defaultEntry: [0] }));
    await fixture.run(3);
    expect([...seen.values()]).toEqual([[1], [0], [0]]);
  });

  it('lets an entry make its own RDD', async () => {
    const fixture = new StreamFixture();
    const stream = fixture.queue<number>([(environment) => environment.parallelize([1, 2, 3], 3)]);
    const seen = fixture.record(stream.glom());
    await fixture.run(1);
    expect([...seen.values()]).toEqual([[[1], [2], [3]]]);
  });

  it('keeps its input when the program changes the array afterwards', async () => {
    const fixture = new StreamFixture();
    const records = [1];
    const seen = fixture.record(fixture.queue([records]));
    await fixture.graph.inputs[0]?.prepare(1_000);
    records.push(2);
    await fixture.run(1);
    expect(seen.get(1_000)).toEqual([1]);
  });

  it('cuts entries into the given number of partitions', async () => {
    const fixture = new StreamFixture();
    const stream = fixture.queue([[1, 2, 3]], { partitions: 3 });
    fixture.record(stream);
    await fixture.runBatch(1_000);
    expect(stream.getOrCompute(1_000)?.partitionCount).toBe(3);
    expect(() => fixture.queue([], { partitions: 0 })).toThrow(
      expect.objectContaining({ code: 'MR_GRAPH_INVALID_ARGUMENT' }),
    );
  });

  it('reports its records once a batch, under a numbered name', async () => {
    const fixture = new StreamFixture();
    fixture.queue([]);
    fixture.record(fixture.queue([[1, 2], [3]], { oneAtATime: false }));
    await fixture.runBatch(1_000);
    await fixture.runBatch(1_000);
    expect(fixture.reports.map(({ info }) => info)).toEqual([
      { streamId: 0, streamName: 'queue [0]', recordCount: 0, sizeBytes: 0, blockCount: 0, metadata: {} },
      { streamId: 1, streamName: 'queue [1]', recordCount: 3, sizeBytes: 0, blockCount: 2, metadata: {} },
    ]);
  });

  it('can be exported as records, and not as functions', async () => {
    const [here, there] = [new StreamFixture(), new StreamFixture()];
    for (const fixture of [here, there]) fixture.record(fixture.queue([[1, 2]]));
    const seen = there.record(there.graph.streams[0] as ReturnType<typeof there.queue<number>>);
    await here.runBatch(1_000);
    there.graph.restoreInputs(1_000, structuredClone(here.graph.inputsOf(1_000)));
    await there.runBatch(1_000);
    expect(seen.get(1_000)).toEqual([1, 2]);

    const made = new StreamFixture();
    made.record(made.queue<number>([(environment) => environment.empty()]));
    await made.runBatch(1_000);
    expect(() => made.graph.inputsOf(1_000)).toThrow(
      expect.objectContaining({ code: 'MR_GRAPH_INPUT_NOT_PORTABLE' }),
    );
  });

  it('refuses input of another kind, and batches without input', () => {
    const fixture = new StreamFixture();
    const stream = fixture.queue([[1]]);
    fixture.record(stream);
    fixture.start();
    const restore = () => fixture.graph.restoreInputs(1_000, new Map([[0, 'words']]));
    expect(restore).toThrow(expect.objectContaining({ code: 'MR_GRAPH_INPUT_INVALID' }));
    expect(() => stream.getOrCompute(1_000)).toThrow(
      expect.objectContaining({ code: 'MR_GRAPH_INPUT_MISSING' }),
    );
  });
});
