import { describe, expect, it } from 'vitest';
import { transferOf } from './transfer.ts';

describe('the transferred bytes', () => {
  it('include the result of a task and the buckets of a shuffle', () => {
    const [one, two] = [Uint8Array.of(1), Uint8Array.of(2)];
    expect(transferOf('RunTask', { ok: true, value: one, isEncoded: true })).toEqual([one.buffer]);
    expect(transferOf('FetchBuckets', { buckets: [one, null, two] })).toEqual([one.buffer, two.buffer]);
  });

  it('exclude parts of larger buffers, and blocks that stay', () => {
    const part = new Uint8Array(8).subarray(2, 4);
    expect(transferOf('RunTask', { ok: true, value: part, isEncoded: true })).toEqual([]);
    const block = { kind: 'encoded', bytes: Uint8Array.of(1), recordCount: 1, sizeBytes: 1 };
    expect(transferOf('FetchBlock', { block })).toEqual([]);
  });

  it('are empty for a failed task', () => {
    expect(transferOf('RunTask', { ok: false, error: { name: 'Error', message: 'no' } })).toEqual([]);
  });
});
