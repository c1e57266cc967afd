// A directory on the disk under test, for the length of a case. It is where the system keeps temporary files; the head
// of a run says which file system that is, because where it is memory the figures of writes say nothing.
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory, and how to be rid of it. */
export interface BenchDirectory {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/** Makes a directory of its own. */
export function benchDirectory(): BenchDirectory {
  const path = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
