import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { OPEN_ROOM, problemOf, recordsOf } from '../../test/payloads.ts';
import { validateBy, type ValidateRecord } from '../validating/record-schema.ts';
import { type OnInvalid, RecordValidator } from './record-validator.ts';

const EVEN: ValidateRecord = (record) =>
  typeof record === 'number' && record % 2 === 0
    ? { value: record / 2 }
    : { issues: [{ message: 'expected an even number' }] };

function payloadOf(
  records: readonly unknown[],
  validate: ValidateRecord,
  { onInvalid = 'refuse', room = OPEN_ROOM }: { onInvalid?: OnInvalid; room?: typeof OPEN_ROOM } = {},
) {
  const places = records.map((_, index) => ({ index: index * 2, line: index * 2 + 1 }));
  const sizes = records.map((_, index) => index + 100);
  const parsed = { records, places, sizes, skippedCount: records.length };
  return new RecordValidator(validate, onInvalid).payload(parsed, room);
}

/** The schema answers in a later turn, the first record last. */
const later =
  (validate: ValidateRecord): ValidateRecord =>
  async (record) => {
    if (record === 2) await settle();
    await settle();
    return await validate(record);
  };

describe.each([
  ['at once', EVEN],
  ['later', later(EVEN)],
])('RecordValidator with a schema that answers %s', (_, validate) => {
  it('stores the outputs of the schema, in order, with the sizes of the records', async () => {
    const payload = await payloadOf([2, 4, 6], validate);
    expect(await recordsOf(payload)).toEqual([1, 2, 3]);
    expect(payload).toMatchObject({ recordCount: 3, skippedCount: 3, rejected: [] });
    const sizes: (number | undefined)[] = [];
    const store = {
      store: (__: unknown, ___: unknown, size?: number) => sizes.push(size) > 0,
      storeText: () => true,
    };
    for (const piece of [0, 1, 2]) payload.storePiece(store, piece, piece);
    expect(sizes).toEqual([100, 101, 102]);
  });

  it('refuses all records for an invalid one, with every place', async () => {
    expect(await problemOf(payloadOf([2, 3, 4, 5], validate))).toMatchObject({
      code: 'MR_HTTP_RECORD_INVALID',
      message: 'record 3 (line 3): expected an even number; 1 more records are invalid',
      details: { index: 2, line: 3, rejected: [{ index: 2 }, { index: 6 }] },
    });
  });

  it('stores the valid records on request, and reports the others', async () => {
    const payload = await payloadOf([2, 3, 4, 5], validate, { onInvalid: 'partial' });
    expect(await recordsOf(payload)).toEqual([1, 2]);
    const issues = [{ path: '', message: 'expected an even number' }];
    expect(payload.rejected).toEqual([
      { index: 2, line: 3, issues },
      { index: 6, line: 7, issues },
    ]);
  });

  it('refuses a body without a valid record, also on request', async () => {
    const refused = payloadOf([3, 5], validate, { onInvalid: 'partial' });
    expect(await problemOf(refused)).toMatchObject({ code: 'MR_HTTP_RECORD_INVALID' });
    expect(await recordsOf(payloadOf([], validate, { onInvalid: 'partial' }))).toEqual([]);
  });

  it('gives other work a turn', async () => {
    let turns = 0;
    const room = { ...OPEN_ROOM, isSpentAfter: () => true, nextTurn: async () => void (turns += 1) };
    await payloadOf([2, 4, 6], validate, { room });
    expect(turns).toBe(3);
  });
});

describe('RecordValidator', () => {
  it('has at most 16 records with the schema at once', async () => {
    let [underway, most] = [0, 0];
    const validate: ValidateRecord = async (value) => {
      most = Math.max(most, (underway += 1));
      await settle();
      underway -= 1;
      return { value };
    };
    const records = Array.from({ length: 100 }, (_, i) => i);
    expect(await recordsOf(payloadOf(records, validate))).toEqual(records);
    expect(most).toBe(16);
  });

  it.each<[string, ValidateRecord]>([
    [
      'throws',
      () => {
        throw new Error('bug');
      },
    ],
    ['rejects', () => Promise.reject(new Error('bug'))],
    ['returns nothing', () => undefined as unknown as { value: unknown }],
    ['returns odd issues', () => ({ issues: 'bug' }) as never],
  ])('fails without a code, as the fault of the program, when the schema %s', async (_, validate) => {
    const failure = await payloadOf([1, 2], validate, { onInvalid: 'partial' }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ message: 'the schema of validate failed at record 1 of a request' });
    expect(failure).not.toHaveProperty('code');
    expect(failure).toHaveProperty('cause');
  });

  it('waits for a schema no longer than the room permits', async () => {
    const late = new Error('late');
    const room = { ...OPEN_ROOM, inTime: () => Promise.reject(late) };
    const endless: ValidateRecord = () => new Promise(() => undefined);
    await expect(payloadOf([1], endless, { room })).rejects.toBe(late);
  });

  it('rejects an output that no block can hold', async () => {
    const validate: ValidateRecord = (record) => ({ value: { record, at: () => record } });
    expect(await problemOf(payloadOf([1], validate))).toMatchObject({
      details: {
        rejected: [
          { issues: [{ message: expect.stringContaining('cannot be stored: record.at is a function') }] },
        ],
      },
    });
  });

  it('takes defaults and transformations of zod, also asynchronous ones', async () => {
    const schema = z.object({
      id: z.coerce.number(),
      tags: z.array(z.string()).default([]),
      at: z.string().refine(async (text) => text !== 'never'),
    });
    const payload = payloadOf([{ id: '7', at: 'now', more: 1 }], validateBy(schema));
    expect(await recordsOf(payload)).toEqual([{ id: 7, tags: [], at: 'now' }]);
    expect(await problemOf(payloadOf([{ id: 1, at: 'never' }], validateBy(schema)))).toMatchObject({
      details: { rejected: [{ issues: [{ path: 'at' }] }] },
    });
  });
});
