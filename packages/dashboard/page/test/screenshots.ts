// The pictures of the guide 'Watch an engine':
//
//   node --conditions=millrace:source packages/dashboard/page/test/screenshots.ts
//
// A fake engine with seeded figures, so that only the fonts of the machine differ. Inter (Debian package fonts-inter) looks best;
// pngquant, where installed, makes the files a third as large.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { serveDashboard } from '../../src/index.ts';
import { type FakeScene, FakeSource } from '../../test/fake-source.ts';
import { NO_CHROMIUM, openPage, startChromium } from './browser.ts';

const FOLDER = fileURLToPath(new URL('../../../../docs/guides/watch-an-engine/', import.meta.url));

interface Picture {
  readonly file: string;
  readonly scene: FakeScene;
  readonly colorScheme: 'light' | 'dark';
  readonly width: number;
  readonly height: number;
  /** The page of the newest failed batch instead of the main page. */
  readonly isBatch?: boolean;
}

const PICTURES: readonly Picture[] = [
  { file: 'keeping-up.png', scene: 'healthy', colorScheme: 'light', width: 1_280, height: 1_000 },
  { file: 'falling-behind.png', scene: 'behind', colorScheme: 'dark', width: 1_280, height: 920 },
  { file: 'held-batch.png', scene: 'held', colorScheme: 'light', width: 1_280, height: 920, isBatch: true },
  { file: 'phone.png', scene: 'held', colorScheme: 'dark', width: 390, height: 844 },
];

async function take(
  browser: Browser,
  { file, scene, colorScheme, width, height, isBatch }: Picture,
): Promise<void> {
  const source = new FakeSource({ scene });
  const served = await serveDashboard(source, { port: 0 });
  const [failed] = source.batches({ filter: 'failed', limit: 1 }).batches;
  const hash = isBatch === true ? `#/batch/${failed?.batchTime}` : '';
  const watched = await openPage(browser, `${served.url}${hash}`, {
    colorScheme,
    timezoneId: 'UTC',
    viewport: { width, height },
  });
  await watched.page.getByRole('heading', { name: isBatch === true ? 'Inputs' : 'Program' }).waitFor();
  await watched.page.evaluate(() => document.fonts.ready);
  await watched.page.screenshot({ path: `${FOLDER}${file}` });
  await watched.close();
  await served.close();
}

const browser = await startChromium();
if (browser === undefined) throw new Error(NO_CHROMIUM);
for (const picture of PICTURES) await take(browser, picture);
await browser.close();
const files = PICTURES.map(({ file }) => `${FOLDER}${file}`);
spawnSync('pngquant', ['--force', '--ext', '.png', '--strip', '--nofs', '64', ...files], {
  stdio: 'inherit',
});
