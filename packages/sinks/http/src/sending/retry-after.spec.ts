import { expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const NOW = Date.parse('2026-11-30T12:00:00Z');

it.each([
  [{ 'retry-after': '3' }, 3_000],
  [{ 'retry-after': 'Mon, 30 Nov 2026 12:00:05 GMT' }, 5_000],
  [{ 'retry-after': 'Mon, 30 Nov 2026 11:00:05 GMT', date: 'Mon, 30 Nov 2026 11:00:00 GMT' }, 5_000],
  [{ 'retry-after': 'Mon, 30 Nov 2026 11:00:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, undefined],
  [{}, undefined],
])('reads %o as %s ms', (headers, expected) => {
  expect(retryAfterMs(new Headers(headers as Record<string, string>), NOW)).toBe(expected);
});
