// A temporary directory on the disk under test, for the duration of a case. The head of a run names the file system,
// because write rates on a file system in memory mean nothing.
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory and its removal. */
export interface BenchDirectory {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/** Makes a new directory. */
export function benchDirectory(): BenchDirectory {
  const path = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
