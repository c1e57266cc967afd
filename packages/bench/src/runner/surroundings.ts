// The origin of a result. A number without its machine, version and commit has no meaning.
import { execFileSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { arch, cpus, loadavg, platform, tmpdir, totalmem } from 'node:os';

/** Machine, runtime and sources of a run. */
export interface Surroundings {
  readonly machine: string;
  /** The directory of files under measurement, and its file system. */
  readonly disk: string;
  readonly node: string;
  readonly v8: string;
  /** The commit, marked when files differ from the commit; `unknown` outside of a checkout. */
  readonly commit: string;
  readonly startedAt: string;
  /** The other load of the machine at the start: the mean number of runnable processes in the last minute. */
  readonly load: string;
}

/** Determines the surroundings. */
export function lookAround(): Surroundings {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return {
    machine: `${processors.length} × ${model}, ${gibibytes} GiB, ${platform()} ${arch()}`,
    disk: `${tmpdir()} (${fileSystemOf(tmpdir())})`,
    node: process.version,
    v8: process.versions.v8,
    commit: commit(),
    startedAt: new Date().toISOString(),
    load: `${(loadavg()[0] ?? 0).toFixed(1)} before the run`,
  };
}

/** The magic numbers of common Linux file systems, in hexadecimal. */
const FILE_SYSTEMS: Readonly<Record<string, string>> = {
  ef53: 'ext4',
  '58465342': 'xfs',
  '9123683e': 'btrfs',
  '2fc12fc1': 'zfs',
  '794c7630': 'overlayfs',
  '1021994': 'tmpfs, which is memory: rates of writes mean nothing',
};

function fileSystemOf(path: string): string {
  const { type } = statfsSync(path);
  const number = type.toString(16);
  return FILE_SYSTEMS[number] ?? `file system type ${number}`;
}

function commit(): string {
  try {
    const head = git('rev-parse', '--short', 'HEAD');
    return git('status', '--porcelain') === '' ? head : `${head} with changes`;
  } catch {
    // Without git or a checkout, the result is as valid and merely lacks a label.
    return 'unknown';
  }
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}
