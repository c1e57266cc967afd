import { describe, expect, it } from 'vitest';
import { ConflatingSender } from './conflating-sender.ts';

function setUp() {
  const sent: [string, number][] = [];
  const answers: (() => void)[] = [];
  const sender = new ConflatingSender<string, { readonly n: number }>((key, { n }) => {
    sent.push([key, n]);
    return new Promise((resolve) => answers.push(resolve));
  });
  return { sender, sent, answers };
}

describe('ConflatingSender', () => {
  it('sends at once when no value of the key is in flight', () => {
    const { sender, sent } = setUp();
    sender.post('a', { n: 1 });
    sender.post('b', { n: 2 });
    expect(sent).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
  });

  it('sends only the newest of the values that came meanwhile', async () => {
    const { sender, sent, answers } = setUp();
    for (const n of [1, 2, 3]) sender.post('a', { n });
    answers[0]?.();
    await Promise.resolve();
    expect(sent).toEqual([
      ['a', 1],
      ['a', 3],
    ]);
  });

  it('begins anew after the last answer', async () => {
    const { sender, sent, answers } = setUp();
    sender.post('a', { n: 1 });
    answers[0]?.();
    await Promise.resolve();
    sender.post('a', { n: 2 });
    expect(sent.at(-1)).toEqual(['a', 2]);
  });
});
