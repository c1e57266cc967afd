import { settle } from '@millrace/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RpcChannel } from './rpc-channel.ts';
import { questionOrAnswer, wordOfDriver, wordOfExecutor } from './envelope-shapes.ts';
import { MemoryEnd } from './memory-connection.ts';

const HELLO = { type: 'hello', application: 'a', fingerprint: 'f', shape: ['1'] };
const EXECUTOR = { executorId: 'e', host: 'h', cores: 1 };

describe('words of a connection', () => {
  it.each([HELLO, { type: 'ready' }, { type: 'log', level: 'warn', message: 'm', fields: {} }])(
    'of an executor are taken: %j',
    (word) => {
      expect(wordOfExecutor(word)).toEqual(word);
    },
  );

  it.each([{ type: 'ping' }, { type: 'welcome', executor: EXECUTOR }, { type: 'peer', executorId: 'e' }])(
    'of the driver are taken: %j',
    (word) => {
      expect(wordOfDriver(word)).toEqual(word);
    },
  );

  it.each([
    null,
    'ready',
    { type: 'constructor' },
    { ...HELLO, shape: [1] },
    { ...HELLO, shape: 'text' },
    { ...HELLO, application: 'x'.repeat(100_000) },
    { type: 'log', level: 'child', message: 'm', fields: {} },
    { type: 'log', level: '__proto__', message: 'm', fields: {} },
    { type: 'log', level: 'info', message: {}, fields: {} },
    { type: 'log', level: 'info', message: 'm', fields: null },
    { type: 'welcome', executor: { ...EXECUTOR, cores: Number.NaN } },
    { type: 'welcome' },
  ])('are dropped: %j', (word) => {
    expect([wordOfExecutor(word), wordOfDriver(word)]).toEqual([undefined, undefined]);
  });

  it('are taken or dropped, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.anything(),
        fc.constantFrom('ask', 'answer', 'failed', 'hello', 'log', 'welcome'),
        (fields, type) => {
          const message = typeof fields === 'object' ? { ...fields, type } : fields;
          for (const read of [questionOrAnswer, wordOfDriver, wordOfExecutor])
            expect(() => read(message)).not.toThrow();
        },
      ),
    );
  });
});

describe('a conversation with somebody who says anything', () => {
  it('goes on', async () => {
    const [one, two] = MemoryEnd.pair();
    const conversation = new RpcChannel({
      end: one,
      answer: async () => 'answered',
      unreachable: () => new Error('unreachable'),
    });
    const answers: unknown[] = [];
    two.onMessage((message) => void answers.push(message));
    for (const message of [
      null,
      1,
      'text',
      [],
      {},
      { type: 'ask' },
      { type: 'ask', id: Number.NaN, kind: 'k' },
      { type: 'answer', id: 77 },
      { type: 'failed', id: 5, error: null },
    ])
      two.post(message);
    two.post({ type: 'ask', id: 1, kind: 'k', request: 1 });
    await settle();
    expect(answers).toEqual([{ type: 'answer', id: 1, reply: 'answered' }]);
    conversation.close();
  });
});
