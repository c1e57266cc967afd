import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  entriesMessage,
  ENTRY_BYTES,
  fenceMessage,
  handleOf,
  HEAD_BYTES,
  isKnownVersion,
  placeOf,
  readMessage,
} from './log-format.ts';

const entry = fc.record({
  payload: fc.uint8Array({ maxLength: 200 }),
  timeMs: fc.double({ noNaN: true, noDefaultInfinity: true }),
});
const three = [1, 2, 3].map((n) => ({ payload: Buffer.from(`entry ${n}`), timeMs: n }));

describe('the messages of a log', () => {
  it('have their entries again', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), (entries) => {
        const read = readMessage(entriesMessage(entries));
        if (read.problem !== undefined) return false;
        expect(read.entries.map(({ payload, timeMs }) => [Buffer.from(payload), timeMs])).toEqual(
          entries.map(({ payload, timeMs }) => [Buffer.from(payload), timeMs]),
        );
        return true;
      }),
    );
  });

  it('of a fence have no entries', () => {
    expect(readMessage(fenceMessage())).toEqual({ entries: [] });
  });

  it('tell any changed byte', () => {
    const message = entriesMessage(three);
    for (let at = 0; at < message.byteLength; at += 1) {
      const changed = Buffer.from(message);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      const read = readMessage(changed);
      expect(read.problem?.kind ?? `byte ${at}`).toBe(at === 0 ? 'version' : 'damage');
    }
  });

  it('tell a lost end, and bytes that do not belong there', () => {
    const message = Buffer.from(entriesMessage(three));
    for (let bytes = 1; bytes < message.byteLength; bytes += 1)
      expect(readMessage(message.subarray(0, bytes))).toMatchObject({ problem: { kind: 'damage' } });
    expect(readMessage(Buffer.concat([message, Buffer.of(0)]))).toMatchObject({
      problem: { kind: 'damage' },
    });
  });

  it('tell the damaged entry', () => {
    const message = Buffer.from(entriesMessage(three));
    const second = HEAD_BYTES + ENTRY_BYTES + 'entry 1'.length + ENTRY_BYTES;
    message[second] = 0;
    expect(readMessage(message)).toMatchObject({ problem: { kind: 'damage', index: 1 } });
  });

  it('of another version are not looked into', () => {
    const message = Buffer.from([2, 9, 9]);
    expect([isKnownVersion(message), readMessage(message)]).toEqual([
      false,
      { problem: { kind: 'version', what: 'of version 2', index: 0 } },
    ]);
    expect(isKnownVersion(new Uint8Array(0))).toBe(false);
  });
});

describe('places', () => {
  it('are sequence and index', () => {
    const handle = handleOf('S', { sequence: 2 ** 40, index: 4_095, length: 7 });
    expect(handle).toEqual({ segment: 'S', offset: 2 ** 52 + 4_095, length: 7 });
    expect(placeOf(handle)).toEqual({ sequence: 2 ** 40, index: 4_095 });
  });
});
