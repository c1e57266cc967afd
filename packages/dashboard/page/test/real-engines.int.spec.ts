// The verdict of real engines on the page: in each state the page names level and cause.
import { describe, expect, it } from 'vitest';
import { type EngineScene } from '../../test/engines.ts';
import { connectionOf, inChromium, run, useChromium, verdictOf } from './in-chromium.ts';

useChromium();

describe('the verdict of a real engine', { timeout: 180_000 }, () => {
  const scenes: readonly (readonly [EngineScene, string, RegExp])[] = [
    ['healthy', 'good', /^Good: Keeping up: batches take \d+ % of their interval/],
    [
      'too fast',
      'behind',
      /^Behind: Falling behind since .*batches take (?:[2-9]|[1-9]\d+)\.\d × their interval\. Output foreachRDD at valid-orders has \d+ % of it/,
    ],
    [
      'held batch',
      'failed',
      /^Failed: Held: batch .* failed in output 0 foreachRDD at valid-orders: the database is away\./,
    ],
    ['dead receiver', 'failed', /^Failed: Receiver sensors is not running \(\d+ restarts in 2 min\)/],
    [
      'blocked thread',
      'warning',
      /^Warning: The driver is late by \d+ ms \(p95\): something blocks its thread\./,
    ],
    ['full disk', 'failed', /^Failed: The log's disk .*is full/],
  ];
  for (const [scene, level, words] of scenes) {
    it(
      `names level and cause: ${scene}`,
      inChromium(async () => {
        const { page, problems } = await run(scene);
        await page.locator(`[data-level=${level}]`).waitFor({ timeout: 60_000 });
        await page.waitForFunction(
          ([source, flags]) =>
            new RegExp(source!, flags).test(document.querySelector('[data-part=verdict]')?.textContent ?? ''),
          [words.source, words.flags] as const,
          { timeout: 60_000 },
        );
        expect(await verdictOf(page).getAttribute('role')).toBe('status');
        await expect.poll(() => connectionOf(page).textContent()).toBe('Live');
        await page
          .getByRole('row', { name: /orders/ })
          .first()
          .waitFor();
        expect(problems).toEqual([]);
      }),
    );
  }
});
