// Network namespaces as machines: each has an address of its own on a bridge, which is in a namespace as well. Nothing is changed
// outside of these namespaces.
//
//   NAME-1  10.78.0.1 ─┐
//   NAME-2  10.78.0.2 ─┼─ bridge in NAME-0, 10.78.0.254: the server that takes results
//   NAME-3  10.78.0.3 ─┘
import { execFileSync } from 'node:child_process';
import { messageOf } from '@millrace/core';

/** The place of the bridge. */
export const BRIDGE = 0;

const PREFIX = 'millrace-cluster-';

/** The address of a machine. */
export function addressOf(machine: number): string {
  return `10.78.0.${machine === BRIDGE ? 254 : machine}`;
}

/** The reason why namespaces cannot be made here; undefined when they can. */
export function whyNot(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces need Linux';
  if (process.getuid?.() !== 0) return 'network namespaces need root: call the command with sudo';
  try {
    ip('-Version');
    return undefined;
  } catch {
    return 'the command ip is missing: install iproute2';
  }
}

/** The reason why the kernel makes no namespaces here; undefined when it does. */
export function whyRefused(): string | undefined {
  const reason = whyNot();
  if (reason !== undefined) return reason;
  const trial = new Network('trial');
  try {
    trial.make([1]);
    return undefined;
  } catch (error) {
    return `the kernel makes no network namespaces here: ${messageOf(error)}`;
  } finally {
    trial.remove();
  }
}

/** The namespaces of one run. */
export class Network {
  readonly #name: string;

  /** @param name Part of the names of namespaces, for several networks of one process. Default: none. */
  constructor(name = '') {
    this.#name = `${PREFIX}${process.pid}-${name}`;
  }

  /**
   * Makes bridge and machines, and first removes those of runs that were killed.
   *
   * @throws Error when the kernel refuses, for instance in a container without CAP_SYS_ADMIN.
   */
  make(machines: readonly number[]): void {
    removeForsaken();
    const bridge = this.namespaceOf(BRIDGE);
    ip('netns', 'add', bridge);
    ip('-n', bridge, 'link', 'set', 'lo', 'up');
    ip('-n', bridge, 'link', 'add', 'bridge', 'type', 'bridge');
    ip('-n', bridge, 'addr', 'add', `${addressOf(BRIDGE)}/24`, 'dev', 'bridge');
    ip('-n', bridge, 'link', 'set', 'bridge', 'up');
    for (const machine of machines) {
      const namespace = this.namespaceOf(machine);
      const port = `port${machine}`;
      ip('netns', 'add', namespace);
      ip('-n', namespace, 'link', 'set', 'lo', 'up');
      ip('link', 'add', 'wire', 'netns', namespace, 'type', 'veth', 'peer', 'name', port, 'netns', bridge);
      ip('-n', bridge, 'link', 'set', port, 'master', 'bridge', 'up');
      ip('-n', namespace, 'addr', 'add', `${addressOf(machine)}/24`, 'dev', 'wire');
      ip('-n', namespace, 'link', 'set', 'wire', 'up');
    }
  }

  /** Removes what `make` has made. Processes in a namespace have to be ended before. */
  remove(): void {
    for (const namespace of namespaces()) if (namespace.startsWith(this.#name)) ip('netns', 'del', namespace);
  }

  namespaceOf(machine: number): string {
    return `${this.#name}${machine}`;
  }
}

/** Ends the processes and removes the namespaces of runs whose command is gone. */
function removeForsaken(): void {
  for (const namespace of namespaces()) {
    const [, owner] = /^millrace-cluster-(\d+)-(?:trial|\d+-)?\d$/.exec(namespace) ?? [];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const left = ip('netns', 'pids', namespace).split('\n').filter(Boolean);
    for (const pid of left) process.kill(Number(pid), 'SIGKILL');
    ip('netns', 'del', namespace);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function namespaces(): readonly string[] {
  return ip('netns', 'list')
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name.startsWith(PREFIX));
}

/** Calls `ip`, and returns its output. @throws Error with the words of the command. */
export function ip(...args: readonly string[]): string {
  return run('ip', ...args);
}

/** Calls a command, and returns its output. @throws Error with the words of the command. */
export function run(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
