import { describe, expect, it } from 'vitest';
import { coreError } from './core-errors.ts';
import { engineStopper } from './engine-stopper.ts';

describe('engineStopper', () => {
  const denied = coreError('MR_STORAGE_DENIED', 'read-only');

  it('finds an error of disposition stop-engine, also behind plain errors', () => {
    expect(engineStopper(denied)).toBe(denied);
    expect(
      engineStopper(new Error('a plugin failed', { cause: new TypeError('inside', { cause: denied }) })),
    ).toBe(denied);
  });

  it('uses the disposition of the outermost error with a code', () => {
    const retried = coreError('MR_STORAGE_FAILED', 'one of many names', { cause: denied });
    expect(engineStopper(retried)).toBeUndefined();
  });

  it('finds nothing in any other value, nor in a circle of causes', () => {
    const circle = new Error('a');
    circle.cause = new Error('b', { cause: circle });
    for (const error of [undefined, null, 'text', new Error('plain'), Object.create(null), circle])
      expect(engineStopper(error)).toBeUndefined();
  });
});
