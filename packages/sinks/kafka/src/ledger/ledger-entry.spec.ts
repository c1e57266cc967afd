import { describe, expect, it } from 'vitest';
import { entryOf, forgottenMessage, type LedgerMessage, tombstone, writtenMessage } from './ledger-entry.ts';

const WRITE = { application: 'ä "b"', batchTime: 5_000, outputOperation: 2, partition: 1, partitions: 3 };

describe('the messages of the ledger', () => {
  it('are text that people can read, and never change', () => {
    const { key, value } = writtenMessage('orders', WRITE);
    expect(key.toString()).toBe('[1,"orders","ä \\"b\\"",2,5000,1]');
    expect(value?.toString()).toBe('{"partitions":3}');
    expect(forgottenMessage('orders', WRITE, 4_000)).toEqual({
      key: Buffer.from('[1,"orders","ä \\"b\\"",2,"forgotten",1]'),
      value: Buffer.from('{"batchTime":4000}'),
    });
  });

  it('come back as they were', () => {
    const written = { kind: 'written', target: 'orders', ...WRITE };
    expect(entryOf('orders', writtenMessage('orders', WRITE))).toEqual(written);
    expect(entryOf('orders', tombstone('orders', WRITE))).toEqual({ ...written, partitions: undefined });
    expect(entryOf('orders', forgottenMessage('orders', WRITE, 4_000))).toMatchObject({
      kind: 'forgotten',
      application: WRITE.application,
      batchTime: 4_000,
    });
  });

  it('about another topic are left out, and so is the tombstone of a forgotten batch', () => {
    expect(entryOf('orders', writtenMessage('other', WRITE))).toBeUndefined();
    expect(entryOf('orders', { ...forgottenMessage('orders', WRITE, 1), value: null })).toBeUndefined();
  });

  it.each([
    ['no key', { key: null, value: null }],
    ['no JSON', { key: Buffer.from('text'), value: null }],
    ['another list', { key: Buffer.from('[1,2]'), value: null }],
    ['a later version', { key: Buffer.from('[2,"orders","a",0,1,0]'), value: Buffer.from('{}') }],
    [
      'another value',
      { key: Buffer.from('[1,"orders","a",0,1,0]'), value: Buffer.from('{"partitions":"3"}') },
    ],
    [
      'another partition',
      { key: Buffer.from('[1,"orders","a",0,1,-1]'), value: Buffer.from('{"partitions":3}') },
    ],
  ] as readonly (readonly [string, LedgerMessage])[])('with %s are refused', (_, message) => {
    expect(() => entryOf('orders', message)).toThrow(
      expect.objectContaining({ code: 'MR_SINK_KAFKA_LEDGER' }),
    );
  });
});
