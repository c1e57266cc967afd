// Runs a sub-command on a disk in memory and keeps the output; damages logs as disks do.
import { join } from 'node:path';
import { ManualClock, type Storage } from '@millrace/core';
import type { MemoryStorage } from '@millrace/testing';
import type { CommandContext, ExitCode } from '../src/command/command-context.ts';

/** The output and the exit code of a command. */
export interface CommandRun {
  readonly exitCode: ExitCode;
  readonly output: string;
  readonly warnings: string;
}

/** Runs a command on the storage. */
export async function runCommand(
  storage: Storage,
  command: (context: CommandContext) => Promise<ExitCode>,
  differences: Partial<CommandContext> = {},
): Promise<CommandRun> {
  let output = '';
  let warnings = '';
  const exitCode = await command({
    storage,
    clock: new ManualClock(),
    signal: new AbortController().signal,
    write: async (text) => void (output += text),
    warn: async (text) => void (warnings += text),
    isTerminal: false,
    progress: () => ({ update: () => {}, end: () => {} }),
    ...differences,
  });
  return { exitCode, output, warnings };
}

/** The bytes of a file. */
export async function bytesOf(storage: Storage, path: string): Promise<Buffer> {
  const file = await storage.open(path, 'read');
  const read = await file.readAt(0, await file.size());
  await file.close();
  return Buffer.from(read);
}

/** Inverts the bits of one byte. */
export async function flipByte(storage: MemoryStorage, path: string, offset: number): Promise<void> {
  const bytes = await bytesOf(storage, path);
  bytes.writeUInt8(bytes.readUInt8(offset) ^ 0xff, offset);
  storage.writeFile(path, bytes);
}

/** Cuts this number of bytes off the end of a file, as a power loss cuts an append. */
export async function cutTail(storage: MemoryStorage, path: string, byBytes: number): Promise<void> {
  const bytes = await bytesOf(storage, path);
  storage.writeFile(path, bytes.subarray(0, bytes.length - byBytes));
}

/** Every file below a directory with its content, to prove that nothing was changed. */
export async function contentBelow(storage: MemoryStorage, directory: string): Promise<readonly string[]> {
  const paths = storage.paths().filter((path) => path.startsWith(join(directory, '/')));
  return Promise.all(
    paths.map(async (path) => `${path} ${(await bytesOf(storage, path)).toString('base64')}`),
  );
}
