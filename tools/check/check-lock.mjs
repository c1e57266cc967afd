// Finds optional packages that the lock file names but does not hold. With one of those, `npm install` passes here
// and `npm ci` fails on a fresh clone.
import { readFileSync } from 'node:fs';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));

/** Whether `name`, asked for by the package at `where`, is locked there or in a folder above. */
function isLocked(where, name) {
  for (
    let at = where;
    ;
    at = at.includes('/node_modules/') ? at.slice(0, at.lastIndexOf('/node_modules/')) : ''
  ) {
    if (lock.packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`] !== undefined) return true;
    if (at === '') return false;
  }
}

const missing = Object.entries(lock.packages).flatMap(([where, entry]) =>
  Object.keys(entry.optionalDependencies ?? {})
    .filter((name) => !isLocked(where, name))
    .map((name) => `${where === '' ? 'the workspace' : where} names ${name}`),
);
for (const line of missing) console.error(line);
if (missing.length > 0) console.error('the lock file is incomplete: install again, or pin another version');
process.exitCode = missing.length === 0 ? 0 : 1;
