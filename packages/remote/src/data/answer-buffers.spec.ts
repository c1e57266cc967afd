import { describe, expect, it } from 'vitest';
import { AnswerBuffers } from './answer-buffers.ts';
import { frameParts } from './part-frames.ts';

const parts = Array.from({ length: 80 }, (_, index) => new Uint8Array(1_000).fill(index));

describe('buffers of answers', () => {
  it('are used again when their answer is written, and not before', () => {
    const buffers = new AnswerBuffers();
    const [one, two] = [buffers.begin(), buffers.begin()];
    const first = one.take();
    expect(two.take()).not.toBe(first);
    one.giveBack();
    expect(buffers.kept).toBe(1);
    expect(buffers.begin().take()).toBe(first);
  });

  it('are given back once', () => {
    const buffers = new AnswerBuffers();
    const one = buffers.begin();
    one.take();
    one.giveBack();
    one.giveBack();
    expect(buffers.kept).toBe(1);
  });

  it('are kept up to a number', () => {
    const buffers = new AnswerBuffers();
    const one = buffers.begin();
    for (let index = 0; index < 40; index += 1) one.take();
    one.giveBack();
    expect(buffers.kept).toBe(32);
  });

  it('carry the frames of short parts unchanged', () => {
    const fresh = Buffer.concat([...frameParts(parts, 262_144)]);
    const buffers = new AnswerBuffers();
    for (let round = 0; round < 3; round += 1) {
      const answer = buffers.begin();
      expect(Buffer.concat([...frameParts(parts, 262_144, answer)]).equals(fresh)).toBe(true);
      answer.giveBack();
    }
    expect(buffers.kept).toBe(2);
  });

  it('do not serve a very short answer', () => {
    const buffers = new AnswerBuffers();
    const answer = buffers.begin();
    expect([...frameParts([Uint8Array.of(1)], 262_144, answer)]).toHaveLength(2);
    answer.giveBack();
    expect(buffers.kept).toBe(0);
  });
});
