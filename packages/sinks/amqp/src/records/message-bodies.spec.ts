import type { ValueForm } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { type AmqpSinkMessage, convertedAhead, messageBodies } from './message-bodies.ts';

const write = { application: 'app', batchTime: 1_000, outputOperation: 1, partition: 2, partitions: 3 };

function bodies(
  records: Iterable<unknown>,
  value: ValueForm = 'json',
  convert?: (record: unknown) => AmqpSinkMessage,
  application = 'app',
) {
  return messageBodies(records, {
    convert,
    options: { value, routingKey: 'k' },
    write: { ...write, application },
  });
}

describe('messageBodies', () => {
  it('have ids that are the same on every repetition', () => {
    expect([...bodies([{ a: 1 }, 'b'])]).toEqual([
      { content: Buffer.from('{"a":1}'), messageId: 'app/1000/1/2/0', routingKey: 'k', headers: {} },
      { content: Buffer.from('"b"'), messageId: 'app/1000/1/2/1', routingKey: 'k', headers: {} },
    ]);
  });

  it('have different ids for different applications, of at most 255 bytes', () => {
    const applications = ['a', 'ü'.repeat(80), 'ü'.repeat(81), 'ü'.repeat(82), '\ud800', '\udc00'];
    const ids = applications.map(
      (application) => [...bodies([1], 'json', undefined, application)][0]?.messageId,
    );
    expect(new Set(ids).size).toBe(applications.length);
    expect(ids.every((id) => Buffer.byteLength(id ?? '') <= 255)).toBe(true);
  });

  it('are what the function says', () => {
    const convert = (record: unknown): AmqpSinkMessage => ({
      value: `v${String(record)}`,
      routingKey: `k${String(record)}`,
      headers: { h: 1 },
    });
    expect([...bodies([1], 'text', convert)]).toMatchObject([
      { content: Buffer.from('v1'), routingKey: 'k1', headers: { h: 1 } },
    ]);
  });

  it.each([
    ['json', 1n],
    ['text', 1],
    ['text', '\ud800'],
    ['bytes', 'a'],
  ] as const)('refuse a record that is no %s, with its index', (value, record) => {
    const fine = { json: 1, text: 'a', bytes: new Uint8Array([1]) }[value];
    const all = bodies([fine, record], value);
    expect(() => [...all]).toThrow(
      expect.objectContaining({ code: 'MR_SINK_UNSUPPORTED_RECORD', details: { ...write, index: 1 } }),
    );
  });

  it('refuse a routing key that is too long', () => {
    const convert = (): AmqpSinkMessage => ({ value: 1, routingKey: 'x'.repeat(256) });
    expect(() => [...bodies([1], 'json', convert)]).toThrow('a routing key of at most 255 bytes');
  });

  it('take records only as the messages are sent, behind those in memory (SINK-13)', () => {
    let taken = 0;
    function* records() {
      for (; taken < 10_000; taken += 1) yield 'x'.repeat(98);
    }
    const all = convertedAhead(bodies(records()), 5_000);
    all.next();
    expect(taken).toBeLessThan(100);
    for (let sent = 1; sent < 1_000; sent += 1) all.next();
    expect(taken).toBeLessThan(1_100);
  });

  it('are converted ahead, so that a late record stops the first message (SINK-14)', () => {
    const records = [...Array(50).fill(1), undefined];
    expect(() => convertedAhead(bodies(records), 1_000).next()).toThrow('record 50');
    expect(convertedAhead(bodies(records), 0).next().value).toMatchObject({ content: Buffer.from('1') });
  });
});
