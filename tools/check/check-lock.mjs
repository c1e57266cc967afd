// Finds optional packages that the lock file names without an entry. Such a lock file passes `npm install` here and
// fails `npm ci` on a fresh clone.
import { readFileSync } from 'node:fs';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));

/** True when `name`, required by the package at `where`, is locked there or in a folder above. */
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
