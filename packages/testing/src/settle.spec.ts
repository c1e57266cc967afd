import { describe, expect, it } from 'vitest';
import { settle } from './settle.ts';

describe('settle', () => {
  it('lets promise work finish, however many steps it has', async () => {
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
