// The budget of the page. A page that grows beyond is noticed here, and not by its readers.
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { loadPage } from './bundled-page.ts';

const PLAIN_MAX = 120_000;
const PACKED_MAX = 45 * 1_024;

it('keeps script and style within 120 KB, and 45 KB packed', async () => {
  const { script, style } = await loadPage();
  const sizes = [script, style].map((text) => [Buffer.byteLength(text), gzipSync(text).length] as const);
  const [plain, packed] = [0, 1].map((index) => sizes.reduce((sum, size) => sum + size[index as 0 | 1], 0));
  expect(plain).toBeLessThan(PLAIN_MAX);
  expect(packed).toBeLessThan(PACKED_MAX);
});

it('loads nothing from elsewhere', async () => {
  const { html, script, style } = await loadPage();
  for (const text of [html, script, style]) {
    expect(text).not.toMatch(/https?:\/\/(?!www\.w3\.org\/)/);
    expect(text).not.toMatch(/\beval\(|new Function|@import|<script>|\sstyle="|\son\w+="/);
  }
});
