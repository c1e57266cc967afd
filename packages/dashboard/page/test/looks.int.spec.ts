// The page for everyone: widths, colour schemes, contrast, keyboard.
import { describe, expect, it } from 'vitest';
import { overflow } from './browser.ts';
import { faintTexts } from './contrast.ts';
import { inChromium, show, useChromium } from './in-chromium.ts';

useChromium();

describe('looks', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1_280, 390]) {
      it(
        `${colorScheme}, ${width} px: readable, without sideways scrolling`,
        inChromium(async () => {
          const viewport = { width, height: 844 };
          for (const scene of ['held', 'behind', 'cluster'] as const) {
            const { page, problems, source, url } = await show(scene, { colorScheme, viewport });
            await page.getByRole('heading', { name: 'Program' }).waitFor();
            await expect.poll(() => overflow(page)).toBeLessThanOrEqual(0);
            await expect.poll(() => faintTexts(page, 4.5)).toEqual([]);
            const [failed] = source.batches({ filter: 'failed', limit: 1 }).batches;
            if (failed !== undefined) {
              await page.goto(`${url}#/batch/${failed.batchTime}`);
              await page.getByRole('heading', { name: 'Outputs' }).waitFor();
              await expect.poll(() => overflow(page)).toBeLessThanOrEqual(0);
              await expect.poll(() => faintTexts(page, 4.5)).toEqual([]);
            }
            expect(problems).toEqual([]);
          }
        }),
      );
    }
  }

  it(
    'follow the colour scheme, charts included',
    inChromium(async () => {
      const { page } = await show('healthy');
      await page.locator('canvas').first().waitFor();
      const colours = () =>
        page.evaluate(() => {
          const { width, height } = document.querySelector('canvas')!;
          const { data } = document
            .querySelector('canvas')!
            .getContext('2d')!
            .getImageData(0, 0, width, height);
          const seen = new Set<string>();
          for (let at = 0; at < data.length; at += 4) {
            if (data[at + 3] === 255) seen.add(`${data[at]} ${data[at + 1]} ${data[at + 2]}`);
          }
          return [...seen];
        });
      const accent = { light: '13 106 115', dark: '98 198 207' };
      await expect.poll(colours).toContain(accent.light);
      await page.emulateMedia({ colorScheme: 'dark' });
      await expect.poll(colours).toContain(accent.dark);
      await expect.poll(colours).not.toContain(accent.light);
    }),
  );
});

describe('the keyboard', () => {
  it(
    'is enough: skip link, range, receiver, filter, batch, and back',
    inChromium(async () => {
      const { page } = await show('healthy');
      await page.locator('canvas').first().waitFor();
      const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
      const tabTo = async (text: RegExp) => {
        for (let step = 0; step < 80; step += 1) {
          await page.keyboard.press('Tab');
          if (text.test(await focused())) return;
        }
        throw new Error(`nothing with ${text} has the focus after 80 steps`);
      };
      await page.keyboard.press('Tab');
      await expect.poll(focused).toBe('Skip to the content');
      await expect
        .poll(() => page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle))
        .toBe('solid');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
      await tabTo(/^1 h$/);
      await page.keyboard.press('Enter');
      await expect.poll(() => new URL(page.url()).hash).toBe('#/?range=1h');
      await tabTo(/kafka orders$/);
      await page.keyboard.press('Enter');
      await page.getByRole('img', { name: /^Input rate of kafka orders/ }).waitFor();
      await tabTo(/^failed$/);
      await page.keyboard.press('Enter');
      await expect
        .poll(() => page.getByRole('region', { name: 'Table: Batches' }).getByRole('row').count())
        .toBe(4);
      await tabTo(/^\d\d:\d\d:\d\d$/);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: /^Batch 20/ }).waitFor();
      await expect.poll(focused).toMatch(/^Batch 20/);
      await page.keyboard.press('Tab');
      await page.goBack();
      await page.getByRole('region', { name: 'Table: Batches' }).waitFor();
      await expect.poll(() => new URL(page.url()).hash).toBe('#/?show=failed&range=1h&open=0');
    }),
  );
});
