// Who a process is, so that another one can tell later whether it still lives. A process number alone does not do:
// numbers are given out again, also to ourselves after a restart. On Linux a process is known by the boot of the
// machine, the space in which its number counts (containers have their own), the number, and the time of its start.
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { seesBeacon } from './beacon.ts';
import { systemCode } from './storage-failure.ts';

/** A process, as written into a lock file. What the host cannot tell is null. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** Differs after each start of the machine. */
  readonly boot: string | null;
  /** The space in which process numbers count. */
  readonly pidSpace: string | null;
  /** When the process started, in ticks since the boot. */
  readonly startTicks: string | null;
  /** The path of its beacon, for those who cannot see its number. */
  readonly beacon: string | null;
}

/** What is known of a process: `unknown` when it cannot be seen from here. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** The process that asks. */
export async function ownIdentity(beacon: string | null): Promise<ProcessIdentity> {
  const [boot, pidSpace, self] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(notTold),
    readlink('/proc/self/ns/pid').catch(notTold),
    processAt(process.pid),
  ]);
  const { pid } = process;
  return { host: hostname(), pid, boot, pidSpace, startTicks: self?.startTicks ?? null, beacon };
}

/** Whether a process lives, as far as `own` can see it. In doubt it is `unknown`, never `dead`. */
export async function livenessOf(other: ProcessIdentity, own: ProcessIdentity): Promise<Liveness> {
  const isKnownBoot = other.boot !== null && own.boot !== null;
  if (isKnownBoot && other.boot === own.boot) {
    // One kernel, whatever the host names are. Only within one space do process numbers say anything.
    if (other.pidSpace !== own.pidSpace) return livenessByBeacon(other);
    const liveness = await livenessByNumber(other);
    // Ourselves: the lock may be that of a thread which has ended. Its beacon went with it, where there was one.
    return liveness === 'alive' && other.pid === own.pid ? livenessByBeacon(other) : liveness;
  }
  if (other.host !== own.host) return 'unknown';
  // The same machine after another start: nothing that ran before it lives.
  return isKnownBoot ? 'dead' : livenessBySignal(other.pid);
}

async function livenessByNumber(other: ProcessIdentity): Promise<Liveness> {
  const found = await processAt(other.pid);
  // Hosts may hide the processes of other users; a signal still tells that there is one.
  if (found === null || other.startTicks === null) return livenessBySignal(other.pid);
  // A zombie has ended and only waits for its parent to notice: it holds no file and writes nothing.
  if (found.state === 'Z' || found.state === 'X') return 'dead';
  return found.startTicks === other.startTicks ? 'alive' : 'dead';
}

async function livenessByBeacon(other: ProcessIdentity): Promise<Liveness> {
  return other.beacon === null ? 'unknown' : seesBeacon(other.beacon);
}

function livenessBySignal(pid: number): Liveness {
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch (error) {
    return systemCode(error) === 'ESRCH' ? 'dead' : 'alive';
  }
}

async function processAt(pid: number): Promise<{ state: string; startTicks: string } | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(notTold);
  // The second field is the program's name in parentheses and may hold anything: counting starts after it.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  const [state, startTicks] = [fields[0], fields[19]];
  return state === undefined || startTicks === undefined ? null : { state, startTicks };
}

/** A host that does not have this file does not know the answer. */
function notTold(): null {
  return null;
}
