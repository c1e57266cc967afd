import { type LogHandle, ManualClock, SeededRandom } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import type { StreamInfo } from '../streams/stream-shapes.ts';
import { blockMessages } from './block-message.ts';
import { handleOf } from './block-place.ts';
import { NatsBlockLog } from './nats-block-log.ts';

const SEQUENCE = 7;
const CONTENT = new TextEncoder().encode('a block');
const [DATA = new Uint8Array()] = blockMessages([CONTENT], 1_024);
const HANDLE: LogHandle = handleOf({ stream: 'blocks', sequences: [SEQUENCE] });

/** The answers to one look: the message, if the leader has it, and the sequences of the leader that is asked next. */
interface Look {
  readonly has: boolean;
  readonly first: number;
  readonly last: number;
}

/** Reads the block from servers whose leader gives these answers, the last one for ever; returns the number of looks too. */
async function read(
  looks: readonly Look[],
  readTimeoutMs = 15_000,
): Promise<{ readonly text: string | undefined; readonly looks: number }> {
  const clock = new ManualClock();
  let count = 0;
  const look = (): Look => looks[Math.min(count, looks.length) - 1] as Look;
  const log = new NatsBlockLog({
    api: {
      getAnywhere: () => Promise.resolve(undefined),
      get: () => {
        count += 1;
        return Promise.resolve(
          look().has ? { sequence: SEQUENCE, subject: 'b', data: DATA, headers: undefined } : undefined,
        );
      },
      info: () => {
        const { first, last } = look();
        return Promise.resolve({ state: { first_seq: first, last_seq: last } } as StreamInfo);
      },
    } as never,
    append: { append: () => Promise.reject(new Error('no test appends')) },
    clock,
    random: new SeededRandom(1),
    streams: [{ name: 'blocks', subject: 'b' }],
    messageBytes: 1_024,
    window: { messages: 4, bytes: 65_536 },
    readTimeoutMs,
  });
  let isDone = false;
  const reading = log.read(HANDLE).finally(() => (isDone = true));
  reading.catch(() => undefined);
  while (!isDone) await clock.advance(100);
  const found = await reading;
  return { text: found && new TextDecoder().decode(found), looks: count };
}

describe('reading a message of a block', () => {
  it('does not take a message for lost when the leader changes between two questions', async () => {
    const changed: Look = { has: false, first: 1, last: 9 };
    expect(await read([changed, { ...changed, has: true }])).toEqual({ text: 'a block', looks: 2 });
  });

  it('takes a message before the first one for removed, at once', async () => {
    expect(await read([{ has: false, first: 8, last: 9 }])).toEqual({ text: undefined, looks: 1 });
  });

  it('takes a message for lost when servers lack the message again and again', async () => {
    expect(await read([{ has: false, first: 1, last: 9 }])).toEqual({ text: undefined, looks: 4 });
  });

  it('takes such a message for lost also when a read may take no time', async () => {
    expect(await read([{ has: false, first: 1, last: 9 }], 1)).toEqual({ text: undefined, looks: 4 });
  });

  it('waits for a server whose newest message is before this one', async () => {
    const old: Look = { has: false, first: 1, last: 3 };
    const found = await read([old, old, old, old, old, old, { has: true, first: 1, last: 9 }]);
    expect(found).toEqual({ text: 'a block', looks: 7 });
  });
});
