import { describe, expect, it } from 'vitest';
import { schemaOf } from '../../test/schema-of.ts';
import { isRecordSchema, validBy } from './valid-record.ts';

const refusing = (...issues: readonly { readonly message: unknown; readonly path?: readonly unknown[] }[]) =>
  schemaOf<never>(() => ({ issues: issues as never }));

describe('validBy', () => {
  it('returns the output of the schema', () => {
    const schema = schemaOf((record) => ({ value: { id: Number(record) } }));
    expect(validBy(schema)('7')).toEqual({ id: 7 });
  });

  it('throws the issues with their places', () => {
    const schema = refusing(
      { message: 'expected a number', path: ['items', 2, { key: 'price' }] },
      { message: 'is odd' },
      { message: 1 },
    );
    expect(() => validBy(schema)({})).toThrow(
      expect.objectContaining({
        code: 'MR_RECORD_INVALID',
        message:
          'expected a record that the schema of validate accepts, got one with items[2].price: expected a number; is odd; is not valid',
        details: {
          issues: [
            { path: 'items[2].price', message: 'expected a number' },
            { path: '', message: 'is odd' },
            { path: '', message: 'is not valid' },
          ],
        },
      }),
    );
  });

  it('bounds the number and the length of issues', () => {
    const issues = Array.from({ length: 1_000 }, (_, n) => ({ message: 'm'.repeat(9_999), path: [n] }));
    let thrown: unknown;
    try {
      validBy(refusing(...issues))({});
    } catch (error) {
      thrown = error;
    }
    const { message, details } = thrown as Error & { details: { issues: readonly unknown[] } };
    expect([details.issues.length, message.slice(-15)]).toEqual([10, '…; and 990 more']);
    expect(message.length).toBeLessThan(2_300);
    expect(details).toMatchObject({ moreIssues: 990 });
  });

  it('refuses a schema that answers later, and leaves no rejection behind', () => {
    const schema = schemaOf<never>(() => Promise.reject(new Error('later')));
    expect(() => validBy(schema)(1)).toThrow('call a schema with asynchronous checks inside mapAsync');
  });
});

describe('isRecordSchema', () => {
  it('accepts objects and functions with the interface alone', () => {
    const asFunction = Object.assign(
      () => 1,
      schemaOf(() => ({ value: 1 })),
    );
    expect([schemaOf(() => ({ value: 1 })), asFunction].map(isRecordSchema)).toEqual([true, true]);
    const wrong = [undefined, null, 1, {}, () => 1, { '~standard': null }, { '~standard': { validate: 1 } }];
    expect(wrong.map(isRecordSchema)).toEqual(wrong.map(() => false));
  });
});
