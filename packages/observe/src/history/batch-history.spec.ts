import { expect, it } from 'vitest';
import { anyBatch, anyInput, submitted } from '../../test/virtual-engine.ts';
import { BatchHistory, BATCHES_MAX } from './batch-history.ts';
import { ERROR_LENGTH_MAX } from '../text/cut-text.ts';
import { boundedError, INPUTS_MAX, OTHERS_ID, OUTPUTS_MAX } from './batch-rows.ts';

const nameOf = (_: number, name: string): string => name;
const notHeld = (): boolean => false;

function historyOf(...batches: readonly ReturnType<typeof anyBatch>[]): BatchHistory {
  const history = new BatchHistory(nameOf);
  for (const batch of batches) history.take(batch);
  return history;
}

const timesOf = (
  history: BatchHistory,
  query: Parameters<BatchHistory['query']>[0] = {},
): readonly number[] => history.query(query, notHeld, 1_000).batches.map(({ batchTime }) => batchTime);

it('keeps the newest batches, at most 1,000', () => {
  const history = new BatchHistory(nameOf);
  for (let index = 1; index <= BATCHES_MAX + 5; index += 1) {
    history.take(anyBatch(index));
    history.trim(Number.POSITIVE_INFINITY);
  }
  expect(history.size).toBe(BATCHES_MAX);
  expect(history.get(5)).toBe(undefined);
  expect(timesOf(history, { limit: 2 })).toEqual([BATCHES_MAX + 5, BATCHES_MAX + 4]);
});

it('keeps fewer batches within its bytes, and the newest one in any case', () => {
  const history = historyOf(...Array.from({ length: 100 }, (_, index) => anyBatch(index)));
  const each = history.bytes / 100;
  history.trim(10 * each);
  expect(history.size).toBe(10);
  history.trim(0);
  expect(timesOf(history)).toEqual([99]);
  expect(history.bytes).toBe(each);
});

it('accounts for each change of a batch', () => {
  const history = new BatchHistory(nameOf);
  const batch = anyBatch(1, { outputs: [{ failure: { name: 'Error', message: 'm'.repeat(1_000) } }] });
  history.take(submitted(batch));
  const before = history.bytes;
  history.takeOutput(batch.outputOperations[0] as never, true);
  expect(history.bytes - before).toBeGreaterThan(1_000);
  history.take(submitted(batch));
  expect(history.bytes).toBe(before);
});

it('gives each reader lists of its own', () => {
  const history = historyOf(anyBatch(1, { outputs: [{}] }));
  const read = () => history.query({}, notHeld, 1_000).batches;
  const counts = () => read().map(({ inputs, outputs }) => [inputs.length, outputs.length]);
  const before = counts();
  for (const { inputs, outputs } of read()) for (const list of [inputs, outputs]) (list as unknown[]).pop();
  expect(counts()).toEqual(before);
});

it('answers in pages', () => {
  const history = historyOf(...[1, 2, 3, 4, 5].map((time) => anyBatch(time)));
  expect(timesOf(history, { after: 3 })).toEqual([5, 4]);
  expect(timesOf(history, { before: 3 })).toEqual([2, 1]);
  const page = history.query({ limit: 2, before: 4 }, notHeld, 1_000);
  expect(page.batches.map(({ batchTime }) => batchTime)).toEqual([3, 2]);
  expect(page.hasMore).toBe(true);
  expect(history.query({ before: 3 }, notHeld, 1_000).hasMore).toBe(false);
  expect(timesOf(history, { limit: 0 })).toEqual([5]);
  expect(timesOf(history, { limit: Number.NaN })).toHaveLength(5);
});

it('filters failed, slow and repeated batches', () => {
  const failure = { name: 'Error', message: 'no' };
  const history = historyOf(
    anyBatch(1),
    anyBatch(2, { outcome: 'skipped', outputs: [{ failure }] }),
    anyBatch(3, { processMs: 1_001 }),
    anyBatch(4, { isRerun: true }),
    anyBatch(5, { outputs: [{ attempts: 2 }] }),
    anyBatch(6, { processMs: 1_000 }),
  );
  expect(timesOf(history, { filter: 'failed' })).toEqual([5, 2]);
  expect(timesOf(history, { filter: 'slow' })).toEqual([3]);
  expect(timesOf(history, { filter: 're-run' })).toEqual([4]);
});

it('does not take a completed batch again that the history has forgotten', () => {
  const history = historyOf(anyBatch(10), anyBatch(20));
  history.take(anyBatch(5));
  expect(timesOf(history)).toEqual([20, 10]);
});

it('sums inputs above the bound, and cuts descriptions', () => {
  const inputs = Array.from({ length: INPUTS_MAX + 2 }, (_, streamId) =>
    anyInput({ streamId, metadata: { Description: 'd'.repeat(5_000), files: ['a'] } }),
  );
  const [batch] = historyOf(anyBatch(1, { inputs })).query({}, notHeld, 1_000).batches;
  expect(batch?.inputs).toHaveLength(INPUTS_MAX + 1);
  expect(batch?.inputs[0]?.description).toHaveLength(1_024);
  expect(batch?.inputs[0]).not.toHaveProperty('metadata');
  expect(batch?.inputs.at(-1)).toEqual({
    streamId: OTHERS_ID,
    name: 'others',
    recordCount: 20,
    sizeBytes: 200,
    blockCount: 2,
  });
});

it('lists failed outputs first above the bound', () => {
  const outputs = Array.from({ length: OUTPUTS_MAX + 10 }, (_, id) =>
    id === OUTPUTS_MAX + 5 ? { failure: { name: 'Error', message: 'this one' } } : {},
  );
  const [batch] = historyOf(anyBatch(1, { outputs })).query({}, notHeld, 1_000).batches;
  expect(batch?.outputs).toHaveLength(OUTPUTS_MAX);
  expect(batch?.outputs[0]).toMatchObject({ id: OUTPUTS_MAX + 5, error: { message: 'this one' } });
});

it('cuts the text of an error at 4 KiB, the stack first', () => {
  const lengthOf = (error: ReturnType<typeof boundedError>): number =>
    error.message.length + (error.code?.length ?? 0) + (error.stack?.length ?? 0);
  const long = 'x'.repeat(100_000);
  expect(lengthOf(boundedError({ name: 'Error', message: 'short', code: 'MR_X', stack: long }))).toBe(
    ERROR_LENGTH_MAX,
  );
  const both = boundedError({ name: 'Error', message: long, stack: long, code: long });
  expect(lengthOf(both)).toBeLessThanOrEqual(ERROR_LENGTH_MAX);
  expect(both.message.endsWith('…')).toBe(true);
  expect(boundedError({ name: 'Error', message: 'a\u001b[31mb', stack: 'one\n two\u0007' })).toEqual({
    message: String.raw`a\x1b[31mb`,
    stack: 'one\n two\\x07',
  });
});

it('shows a started output of a retry without the error of before', () => {
  const batch = anyBatch(1, { outputs: [{ failure: { name: 'Error', message: 'no' } }] });
  const [operation] = batch.outputOperations;
  if (operation === undefined) throw new Error('a batch without outputs');
  const history = historyOf(submitted(batch));
  history.takeOutput(operation, true);
  const kept = history.get(1);
  expect(kept?.failedMs).toBe(operation.endMs);
  expect(kept?.toObserved(true)).toMatchObject({ state: 'held', outputs: [{ error: { message: 'no' } }] });
  history.takeOutput(operation, false);
  expect(kept?.failedMs).toBe(undefined);
  expect(kept?.toObserved(false).outputs[0]).not.toHaveProperty('error');
});
