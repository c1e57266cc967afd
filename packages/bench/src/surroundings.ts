// Where a result comes from. A number without its machine, version and commit says nothing.
import { execFileSync } from 'node:child_process';
import { arch, cpus, platform, totalmem } from 'node:os';

/** Machine, runtime and sources of a run. */
export interface Surroundings {
  readonly machine: string;
  readonly node: string;
  readonly v8: string;
  /** The commit, marked when files differ from it; `unknown` outside of a checkout. */
  readonly commit: string;
  readonly startedAt: string;
}

/** Looks around. */
export function lookAround(): Surroundings {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return {
    machine: `${processors.length} × ${model}, ${gibibytes} GiB, ${platform()} ${arch()}`,
    node: process.version,
    v8: process.versions.v8,
    commit: commit(),
    startedAt: new Date().toISOString(),
  };
}

function commit(): string {
  try {
    const head = git('rev-parse', '--short', 'HEAD');
    return git('status', '--porcelain') === '' ? head : `${head} with changes`;
  } catch {
    // No git, or no checkout: the result is as good, it is only less well labelled.
    return 'unknown';
  }
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}
