import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAll } from '../../../test/read-all.ts';
import { type ServerEvent, serverEvents } from './server-events.ts';

async function read(...pieces: readonly string[]): Promise<readonly (ServerEvent | undefined)[]> {
  const text = async function* () {
    yield* pieces;
  };
  return readAll(serverEvents(text()));
}

const TEXT =
  'retry: 1000\n\nevent: snapshot\nid: a-1\ndata: {"schema":1}\n\n: still here\n\nevent: batch\r\ndata:one\r\ndata: two\r\n\r\ndata: plain\n\n';
const EVENTS = [
  { name: 'snapshot', data: '{"schema":1}' },
  { name: 'batch', data: 'one\ntwo' },
  { name: 'message', data: 'plain' },
];

describe('serverEvents', () => {
  it('reads events however the text is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(TEXT.length), { maxLength: 8 }), async (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), TEXT.length];
        const pieces = places.slice(1).map((end, index) => TEXT.slice(places[index], end));
        expect((await read(...pieces)).filter((event) => event !== undefined)).toEqual(EVENTS);
      }),
    );
  });

  it('tells signs of life between events', async () => {
    expect(await read('data: a\n\n', ': still here\n\n', 'data: b')).toEqual([
      { name: 'message', data: 'a' },
      undefined,
      undefined,
    ]);
  });

  it('ends at an event without an end', async () => {
    const endless = Array.from({ length: 40 }, () => `data: ${'x'.repeat(1_048_576)}\n`);
    await expect(read(...endless)).rejects.toThrow(RangeError);
    await expect(read(...endless.map((line) => line.trimEnd()))).rejects.toThrow(RangeError);
  });
});
