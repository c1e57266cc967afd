// Verifies the Node binary that the root scripts run on. A package of a third party ships that binary, so the tree records
// the SHA-256 of the file itself beside the integrity of the package in the lock file. Plain JavaScript for Node 18 and
// newer: the host's Node runs this file before the pinned one starts for the first time.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const scripts = dirname(fileURLToPath(import.meta.url));

/**
 * Compares the installed binary with `pinned-node.json`.
 *
 * @param root The root of the checkout.
 * @returns The problem in one sentence, or undefined: the binary is the recorded one, or the platform has none installed.
 */
export function pinnedNodeProblem(root) {
  const recorded = JSON.parse(readFileSync(join(scripts, 'pinned-node.json'), 'utf8'));
  const pinned = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).optionalDependencies?.[
    recorded.package
  ];
  if (pinned !== recorded.version) {
    return `package.json pins ${recorded.package} ${pinned}, scripts/pinned-node.json records ${recorded.version}: record the hash of the new binary`;
  }
  const binary = join(root, 'node_modules', recorded.package, recorded.binary);
  if (!existsSync(binary)) return undefined;
  const actual = createHash('sha256').update(readFileSync(binary)).digest('hex');
  if (actual === recorded.sha256) return undefined;
  return `${binary} has SHA-256 ${actual}, scripts/pinned-node.json records ${recorded.sha256}: do not run the binary; remove node_modules and find out the source of the binary`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problem = pinnedNodeProblem(join(scripts, '..'));
  if (problem !== undefined) {
    process.stderr.write(`${problem}\n`);
    process.exitCode = 1;
  }
}
