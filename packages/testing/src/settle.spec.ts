import { describe, expect, it } from 'vitest';
import { settle } from './settle.ts';

describe('settle', () => {
  it('completes pending promise work of any number of steps', async () => {
    const steps: number[] = [];
    const work = async (): Promise<void> => {
      for (let step = 0; step < 1_000; step += 1) {
        await undefined;
        steps.push(step);
      }
    };
    void work();
    await settle();
    expect(steps).toHaveLength(1_000);
  });
});
