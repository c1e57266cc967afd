// A sign of life that is seen from every container of one machine: a local socket that a process listens on. The
// kernel takes it down with the process, however it ends, while the file stays; so connecting tells the living from
// the dead where process numbers cannot, because each container counts its own.
import { unlink } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { basename, dirname } from 'node:path';
import { openDirectory } from './open-regular.ts';
import { systemCode } from './storage-failure.ts';

/** A beacon that is lit. */
export interface Beacon {
  readonly path: string;
  /** Puts it out and removes its file. */
  putOut(): Promise<void>;
}

/**
 * Lights a beacon, if the host can have one: only Linux tells containers apart by what we read, and not every file
 * system holds sockets. Without it, a process in another container counts as possibly alive.
 */
export async function lightBeacon(path: string): Promise<Beacon | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const server = await withShortPath(path, listen);
    return { path, putOut: () => putOut(server, path) };
  } catch {
    // Whatever the reason, it is no error: the beacon only makes taking over from the dead possible in more cases.
    return undefined;
  }
}

/** Whether the process behind a beacon lives; `unknown` when there is nothing to see or it must not be seen. */
export async function seesBeacon(path: string): Promise<'alive' | 'dead' | 'unknown'> {
  try {
    await withShortPath(path, connect);
    return 'alive';
  } catch (error) {
    return systemCode(error) === 'ECONNREFUSED' ? 'dead' : 'unknown';
  }
}

/** Socket paths are limited to about 100 bytes. The way through an open directory is short, whatever its path. */
async function withShortPath<T>(path: string, use: (shortPath: string) => Promise<T>): Promise<T> {
  const directory = await openDirectory(dirname(path));
  try {
    return await use(`/proc/self/fd/${directory.fd}/${basename(path)}`);
  } finally {
    await directory.close();
  }
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.on('error', reject);
    // It must not keep the process alive: a lock that is not given back dies with its holder.
    server.unref().listen(path, () => resolve(server));
  });
}

function connect(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.on('error', reject);
    socket.on('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}

async function putOut(server: Server, path: string): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
  // The file may be gone with the server or with the directory; that is what is wanted.
  await unlink(path).catch(() => undefined);
}
