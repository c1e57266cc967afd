import { settle } from '@millrace/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RpcChannel } from './rpc-channel.ts';
import { questionOrAnswer, wordOfDriver, wordOfExecutor } from './envelope-shapes.ts';
import { MemoryEnd } from './memory-connection.ts';

const HELLO = { type: 'hello', application: 'a', fingerprint: 'f', shape: ['1'] };
const EXECUTOR = { executorId: 'e', host: 'h', cores: 1 };

describe('messages of a connection', () => {
  it.each([HELLO, { type: 'ready' }, { type: 'log', level: 'warn', message: 'm', fields: {} }])(
    'accepts a message of an executor: %j',
    (word) => {
      expect(wordOfExecutor(word)).toEqual(word);
    },
  );

  it.each([{ type: 'ping' }, { type: 'welcome', executor: EXECUTOR }, { type: 'peer', executorId: 'e' }])(
    'accepts a message of the driver: %j',
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
  ])('drops an invalid message: %j', (word) => {
    expect([wordOfExecutor(word), wordOfDriver(word)]).toEqual([undefined, undefined]);
  });

  it('accepts or drops any message without a throw', () => {
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

describe('a channel to a peer that sends arbitrary messages', () => {
  it('continues', async () => {
    const [one, two] = MemoryEnd.pair();
    const channel = new RpcChannel({
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
    channel.close();
  });
});
