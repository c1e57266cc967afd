import { expect, it } from 'vitest';
import { requestNames } from './request-names.ts';

const options = { maxRecordsPerRequest: 10, maxBytesPerRequest: 100, format: 'json' } as const;
const write = { application: 'app', batchTime: 1_000, outputOperation: 1, partition: 2, partitions: 3 };

it('names a request by the identity of its write', () => {
  const names = requestNames(write, options);
  expect([names.batch, names.key(4), names.division]).toEqual([
    'app-1000-1',
    'app-1000-1-2-4',
    '3/10/100/json',
  ]);
});

it('gives different applications different keys, in visible ASCII characters that a header takes', () => {
  const applications = [
    'a',
    'a-1',
    'ä b',
    '\ud800',
    '\udc00',
    '�',
    'x'.repeat(400),
    'x'.repeat(401),
    '~',
    '%7E',
  ];
  const keys = applications.map((application) => requestNames({ ...write, application }, options).key(999));
  expect(new Set(keys).size).toBe(applications.length);
  expect(keys.filter((key) => !/^[\x21-\x7e]{1,255}$/.test(key))).toEqual([]);
});
