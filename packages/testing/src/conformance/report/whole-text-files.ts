// Whole text files such as reports and READMEs, read and replaced in one step.
import { isMillraceError, NodeStorage } from '@millrace/core';

const storage = new NodeStorage();

/** The text of a file; undefined when the file does not exist. */
export async function readTextFile(path: string): Promise<string | undefined> {
  try {
    const file = await storage.open(path, 'read');
    try {
      return new TextDecoder().decode(await file.readAt(0, await file.size()));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMillraceError(error, 'MR_STORAGE_NOT_FOUND')) return undefined;
    throw error;
  }
}

/** Replaces a file in one step. */
export async function writeTextFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`;
  await storage.remove(temporary);
  const file = await storage.open(temporary, 'create');
  try {
    await file.append([new TextEncoder().encode(text)]);
  } finally {
    await file.close();
  }
  await storage.rename(temporary, path);
}
