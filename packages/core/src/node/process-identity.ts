// The identity of a process, from which another process can later determine its liveness. A process number alone is not
// sufficient: numbers are reused, even for the same program after a restart. On Linux an identity consists of the boot
// of the machine, the space of its process number (containers have their own), the number, and the start time.
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { seesBeacon } from './liveness-socket.ts';
import { systemCode } from './storage-failure.ts';

/** A process, as written into a lock file. Values that the host does not provide are null. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** Differs after each start of the machine. */
  readonly boot: string | null;
  /** The space in which process numbers count. */
  readonly pidSpace: string | null;
  /** The start time of the process, in ticks since the boot. */
  readonly startTicks: string | null;
  /** The path of the liveness socket, for processes in other number spaces. */
  readonly beacon: string | null;
}

/** The known state of a process: `unknown` when the process is invisible from here. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** The identity of the calling process. */
export async function ownIdentity(beacon: string | null): Promise<ProcessIdentity> {
  const [boot, pidSpace, self] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(notTold),
    readlink('/proc/self/ns/pid').catch(notTold),
    processAt(process.pid),
  ]);
  const { pid } = process;
  return { host: hostname(), pid, boot, pidSpace, startTicks: self?.startTicks ?? null, beacon };
}

/** The liveness of a process, as visible from `own`. In doubt the answer is `unknown`, never `dead`. */
export async function livenessOf(other: ProcessIdentity, own: ProcessIdentity): Promise<Liveness> {
  const isKnownBoot = other.boot !== null && own.boot !== null;
  if (isKnownBoot && other.boot === own.boot) {
    // One kernel, under any host names. Process numbers are meaningful only within one space.
    if (other.pidSpace !== own.pidSpace) return livenessByBeacon(other);
    const liveness = await livenessByNumber(other);
    // The same process: the lock may belong to an ended thread. The thread's socket, if any, ended with the thread.
    return liveness === 'alive' && other.pid === own.pid ? livenessByBeacon(other) : liveness;
  }
  if (other.host !== own.host) return 'unknown';
  // The same machine after another boot: no earlier process is alive.
  return isKnownBoot ? 'dead' : livenessBySignal(other.pid);
}

async function livenessByNumber(other: ProcessIdentity): Promise<Liveness> {
  const found = await processAt(other.pid);
  // Hosts may hide the processes of other users; a signal still detects such a process.
  if (found === null || other.startTicks === null) return livenessBySignal(other.pid);
  // A zombie has ended and only waits for its parent: a zombie holds no file and writes nothing.
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
  // The second field is the program's name in parentheses and may contain any text: counting starts behind the name.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  const [state, startTicks] = [fields[0], fields[19]];
  return state === undefined || startTicks === undefined ? null : { state, startTicks };
}

/** A host without this file does not provide the value. */
function notTold(): null {
  return null;
}
