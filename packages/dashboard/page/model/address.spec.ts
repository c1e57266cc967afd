import { expect, it } from 'vitest';
import { addressOf, hrefOf } from './address.ts';

const START = { batch: undefined, show: 'all', range: '10m', open: undefined };

it('reads views, and takes unknown parts as absent', () => {
  for (const hash of ['', '#', '#/', '#/?show=odd&range=99&open=x', '#/elsewhere', '#/batch/x']) {
    expect(addressOf(hash)).toEqual(START);
  }
  expect(addressOf('#/?show=failed&range=1h&open=3')).toEqual({
    ...START,
    show: 'failed',
    range: '1h',
    open: 3,
  });
  expect(addressOf('#/batch/1767268990000')).toEqual({ ...START, batch: 1_767_268_990_000 });
  expect(addressOf('#/?range=constructor').range).toBe('10m');
});

it('writes views that read the same', () => {
  const address = addressOf('#/?show=slow&range=1d');
  expect(hrefOf(address, {})).toBe('#/?show=slow&range=1d');
  expect(hrefOf(address, { show: 'all', range: '10m' })).toBe('#/');
  expect(addressOf(hrefOf(address, { batch: 12 }))).toEqual({ ...address, batch: 12 });
});
