import { describe, expect, it } from 'vitest';
import { handleOf, placeOf } from './block-place.ts';

describe('the place of a block', () => {
  it.each([
    [[17], { segment: 'ML_a_BLK_0', offset: 17, length: 1 }],
    [[17, 18, 19], { segment: 'ML_a_BLK_0', offset: 17, length: 3 }],
    [[17, 18, 21], { segment: 'ML_a_BLK_0/17-18,21', offset: 17, length: 3 }],
    [[21, 17, 18], { segment: 'ML_a_BLK_0/21,17-18', offset: 21, length: 3 }],
  ])('%j is a handle, and comes back', (sequences, handle) => {
    const place = { stream: 'ML_a_BLK_0', sequences };
    expect(handleOf(place)).toEqual(handle);
    expect(placeOf(handle)).toEqual(place);
  });

  it.each([
    { segment: 'ML_a_BLK_0/1-', offset: 1, length: 1 },
    { segment: 'ML_a_BLK_0/1-5', offset: 1, length: 2 },
    { segment: 'ML_a_BLK_0/5-1', offset: 5, length: 1 },
    { segment: 'ML_a_BLK_0/1-999999999', offset: 1, length: 3 },
    { segment: 'ML_a_BLK_0', offset: 0, length: 1 },
    { segment: 'ML_a_BLK_0', offset: 1, length: 1e9 },
    { segment: '', offset: 1, length: 1 },
  ])('%j is no place', (handle) => {
    expect(placeOf(handle)).toBeUndefined();
  });
});
