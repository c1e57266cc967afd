// Batches and receivers on the page: filters, pages of batches, opened receivers, and names of every kind.
import { describe, expect, it } from 'vitest';
import { FakeSource } from '../../test/fake-source.ts';
import { overflow } from './browser.ts';
import { inChromium, open, serve, show, useChromium } from './in-chromium.ts';

useChromium();

describe('batches', () => {
  it(
    'are filtered, with the filter in the address',
    inChromium(async () => {
      const { page, source } = await show('healthy');
      const list = page.getByRole('region', { name: 'Table: Batches' });
      await list.waitFor();
      await expect.poll(() => list.getByRole('row').count()).toBe(31);
      const filters = page.getByRole('navigation', { name: 'Shown batches' });
      await filters.getByRole('link', { name: 'failed' }).click();
      await expect.poll(() => new URL(page.url()).hash).toBe('#/?show=failed');
      // Two of the three are older than those that the page had.
      await expect.poll(() => list.getByRole('row').count()).toBe(4);
      await filters.getByRole('link', { name: 're-run' }).click();
      await expect.poll(() => list.getByRole('row').count()).toBe(7);
      await page.goBack();
      await expect.poll(() => list.getByRole('row').count()).toBe(4);
      await filters.getByRole('link', { name: 'all' }).click();
      await page.getByRole('button', { name: 'Show more' }).click();
      await expect.poll(() => list.getByRole('row').count()).toBe(131);
      expect(source.lastBatch).toBeGreaterThan(0);
    }),
  );

  it(
    'have a page each, also by its address alone',
    inChromium(async () => {
      const { page, source, url, problems } = await show('healthy');
      const [failed] = source.batches({ filter: 'failed', limit: 1 }).batches;
      await page.goto(`${url}#/batch/${failed!.batchTime}`);
      await page.getByRole('heading', { name: /^Batch 20/ }).waitFor();
      await page.getByRole('heading', { name: 'write orders failed with MR_JOB_FAILED' }).waitFor();
      await expect
        .poll(() => page.getByLabel('Stack of the error').textContent())
        .toContain('src/outputs/orders.ts:41:11');
      await expect
        .poll(() => page.getByRole('img', { name: /^Phases: driver is late .*, process / }).count())
        .toBe(1);
      await expect
        .poll(() => page.getByRole('region', { name: 'Table: Inputs of the batch' }).getByRole('row').count())
        .toBe(4);
      await page.getByRole('link', { name: 'later' }).click();
      await expect.poll(() => new URL(page.url()).hash).toBe(`#/batch/${failed!.batchTime + 1_000}`);
      await page.getByRole('link', { name: '← All batches' }).click();
      await page.getByRole('region', { name: 'Table: Batches' }).waitFor();
      await page.goto(`${url}#/batch/12`);
      await page.getByText('This batch is not among the kept ones').waitFor();
      // A missing batch is a 404, which Chromium reports on the console.
      expect(problems.filter((problem) => !problem.includes('404'))).toEqual([]);
    }),
  );

  it(
    'open by a click into a timeline',
    inChromium(async () => {
      const { page } = await show('healthy');
      const chart = page.getByRole('img', { name: /^Processing time: / });
      await chart.locator('canvas').waitFor();
      await chart.click({ position: { x: 400, y: 50 } });
      await page.getByRole('heading', { name: /^Batch 20/ }).waitFor();
      await expect.poll(() => new URL(page.url()).hash).toMatch(/^#\/batch\/\d+$/);
    }),
  );
});

describe('receivers', () => {
  it(
    'open a timeline of their own, kept in the address',
    inChromium(async () => {
      const { page, url } = await show('held');
      const row = page.getByRole('row', { name: /mqtt sensors/ });
      await row.waitFor();
      await expect.poll(() => row.textContent()).toContain('restarting');
      await expect.poll(() => row.textContent()).toContain('connect ECONNREFUSED 10.0.4.17:1883');
      await row.getByRole('link').click();
      await page
        .getByRole('img', { name: /^Input rate of mqtt sensors: median / })
        .locator('canvas')
        .waitFor();
      await expect.poll(() => page.url()).toBe(`${url}#/?open=2`);
      await page.reload();
      await page.getByRole('img', { name: /^Input rate of mqtt sensors/ }).waitFor();
      await page
        .getByRole('row', { name: /mqtt sensors/ })
        .first()
        .getByRole('link')
        .click();
      await expect.poll(() => page.getByRole('img', { name: /^Input rate of mqtt sensors/ }).count()).toBe(0);
    }),
  );

  it(
    'may have any name: names are text, without hidden characters, and cut',
    inChromium(async () => {
      const receivers = [
        '<img src=x onerror="window.isHacked=1"><b>bold</b>',
        '\u001B[31mred\u0000\u202Eturned',
        'n'.repeat(10_000),
      ];
      const { url } = await serve(new FakeSource({ receivers }));
      const { page, problems } = await open(url, { viewport: { width: 390, height: 844 } });
      const names = page.getByRole('region', { name: 'Table: Receivers' }).locator('.name');
      await names.first().waitFor();
      const shown = page.locator('tr[data-stream] .expand .name');
      await expect.poll(() => shown.count()).toBe(receivers.length);
      const texts = await shown.allTextContents();
      expect(texts[0]).toBe('<img src=x onerror="window.isHacked=1"><b>bold</b>'.slice(0, 47).concat('…'));
      expect(texts[1]).toBe(String.raw`\u001b[31mred\u0000\u202eturned`);
      expect(texts[2]).toBe(`${'n'.repeat(47)}…`);
      expect(await page.evaluate(() => 'isHacked' in window)).toBe(false);
      expect(await page.locator('#page img, #page b').count()).toBe(0);
      await expect.poll(() => overflow(page)).toBeLessThanOrEqual(0);
      expect(problems).toEqual([]);
    }),
  );

  it(
    'may be a thousand: the page stays quick, and shows all on demand',
    inChromium(async () => {
      const receivers = Array.from({ length: 1_000 }, (_, index) => `stream ${index}`);
      const { url } = await serve(new FakeSource({ receivers, history: 200 }));
      const { page, problems } = await open(url);
      const rows = page.locator('tr[data-stream]');
      await expect.poll(() => rows.count()).toBe(20);
      await page.getByRole('button', { name: 'Show all 1,000' }).click();
      await expect.poll(() => rows.count()).toBe(1_000);
      expect(problems).toEqual([]);
    }),
  );
});
