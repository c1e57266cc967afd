// A step of the build of this package: writes the page as a module beside this one.
import { writeFile } from 'node:fs/promises';
import { loadPage } from './bundled-page.ts';

const page = await loadPage();
const module = [
  '// The page of the dashboard, bundled by `npm run build`.',
  `const page = ${JSON.stringify(page)};`,
  'export const loadPage = async () => page;',
  '',
];
await writeFile(new URL('built-page.js', import.meta.url), module.join('\n'));
