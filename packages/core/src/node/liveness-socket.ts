// A sign of life that is visible from every container of one machine: a local listening socket. The kernel closes the
// socket with the process, after any kind of death, while the file stays. A connection attempt therefore distinguishes
// live from dead processes where process numbers cannot, because each container has its own numbers.
import { unlink } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { basename, dirname } from 'node:path';
import { openDirectory } from './open-regular.ts';
import { systemCode } from './storage-failure.ts';

/** An open liveness socket. */
export interface Beacon {
  readonly path: string;
  /** Closes the socket and removes its file. */
  putOut(): Promise<void>;
}

/**
 * Opens a liveness socket, if the host supports one: only Linux identifies containers by the data read here, and not
 * every file system supports sockets. Without a socket, a process in another container counts as possibly alive.
 */
export async function openLivenessSocket(path: string): Promise<Beacon | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const server = await withShortPath(path, listen);
    return { path, putOut: () => putOut(server, path) };
  } catch {
    // No reason is an error: the socket only makes a takeover from dead processes possible in more cases.
    return undefined;
  }
}

/** The liveness of the process behind a socket; `unknown` when the socket is absent or inaccessible. */
export async function seesBeacon(path: string): Promise<'alive' | 'dead' | 'unknown'> {
  try {
    await withShortPath(path, connect);
    return 'alive';
  } catch (error) {
    return systemCode(error) === 'ECONNREFUSED' ? 'dead' : 'unknown';
  }
}

/** Socket paths are limited to about 100 bytes. A path through an open directory is always short. */
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
    // The socket must not keep the process alive: a lock that is not released dies with its holder.
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
  // The file may be gone with the server or with the directory; the removal is then complete.
  await unlink(path).catch(() => undefined);
}
