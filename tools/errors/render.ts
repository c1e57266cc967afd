// Writes the reference page of error codes: node --conditions=millrace:source tools/errors/render.ts
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadCodes, ROOT } from './error-tables.ts';
import { ERRORS_PAGE, renderErrorsPage } from './errors-page.ts';

const file = join(ROOT, ERRORS_PAGE);
const codes = await loadCodes();
await mkdir(dirname(file), { recursive: true });
await writeFile(file, renderErrorsPage(codes));
console.log(`${ERRORS_PAGE}: ${codes.length} codes`);
