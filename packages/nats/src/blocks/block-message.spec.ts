import { describe, expect, it } from 'vitest';
import { blockMessages, checksumIn, openBlockMessage } from './block-message.ts';

const envelope = [Buffer.from('head '), Buffer.from('and the content of a block')];
const whole = Buffer.concat(envelope).toString();

describe('the messages of a block', () => {
  it.each([
    [16 + whole.length, 1],
    [16 + whole.length - 1, 2],
    [17, whole.length],
  ])('of at most %i bytes are %i', (messageBytes, count) => {
    const messages = blockMessages(envelope, messageBytes);
    expect(messages).toHaveLength(count);
    expect(messages.every(({ byteLength }) => byteLength <= messageBytes)).toBe(true);
    const opened = messages.map((message) => openBlockMessage(message));
    expect(opened.map((chunk) => [chunk?.chunk, chunk?.chunks])).toEqual(messages.map((_, n) => [n, count]));
    expect(opened.map((chunk) => Buffer.from(chunk?.content ?? '').toString()).join('')).toBe(whole);
  });

  it('is one also for a block without content', () => {
    expect(openBlockMessage(blockMessages([], 100)[0] as Uint8Array)).toMatchObject({ chunk: 0, chunks: 1 });
  });

  it('notices every changed bit', () => {
    const [message] = blockMessages(envelope, 1_000) as [Uint8Array];
    for (let bit = 0; bit < message.byteLength * 8; bit += 1) {
      const damaged = Uint8Array.from(message);
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      expect([bit, openBlockMessage(damaged)]).toEqual([bit, undefined]);
    }
    expect(openBlockMessage(message.subarray(0, 15))).toBeUndefined();
  });

  it('has a checksum that differs with the content', () => {
    const [one] = blockMessages([Buffer.from('a')], 100) as [Uint8Array];
    const [other] = blockMessages([Buffer.from('b')], 100) as [Uint8Array];
    expect(checksumIn(one)).not.toBe(checksumIn(other));
  });
});
