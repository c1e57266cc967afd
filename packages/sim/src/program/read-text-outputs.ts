// Adds the text files saved by programs to the ledger, so that these outputs are checked like all others.
import { join } from 'node:path';
import type { Storage } from '@millrace/core';
import type { Ledger } from '../ledger.ts';
import { outputName, TEXT_FILES } from './output-records.ts';
import type { ProgramPlan } from './program-plan.ts';
import { shapesOf } from './shapes-of.ts';

/** Reads the batches marked as complete. The disk must be free of faults. */
export async function readTextOutputs(program: ProgramPlan, disk: Storage, ledger: Ledger): Promise<void> {
  const shapes = shapesOf(program);
  const isAny = program.outputs.some(({ kind }) => kind === 'saveAsTextFiles');
  if (!isAny || (await disk.stat(TEXT_FILES)) === undefined) return;
  const directories = await disk.list(TEXT_FILES);
  for (const { id, kind, from } of program.outputs) {
    if (kind !== 'saveAsTextFiles') continue;
    for (const { name } of directories) {
      const batchTime = new RegExp(`^${id}-(\\d+)\\.txt$`).exec(name)?.[1];
      const lines = batchTime === undefined ? undefined : await linesOf(disk, join(TEXT_FILES, name));
      if (batchTime === undefined || lines === undefined) continue;
      const texts = shapes.get(from)?.isOrdered === true ? lines : lines.toSorted();
      ledger.writeAnyOrder(outputName(id), Number(batchTime), texts);
    }
  }
}

/** The lines of all parts in order; undefined for an incomplete batch. */
async function linesOf(disk: Storage, directory: string): Promise<readonly string[] | undefined> {
  const names = (await disk.list(directory)).map(({ name }) => name);
  if (!names.includes('_SUCCESS')) return undefined;
  const parts = names.filter((name) => name.startsWith('part-')).toSorted();
  const texts: string[] = [];
  for (const part of parts) texts.push(await textOf(disk, join(directory, part)));
  return texts.flatMap((text) => text.split('\n').slice(0, -1));
}

async function textOf(disk: Storage, path: string): Promise<string> {
  const file = await disk.open(path, 'read');
  try {
    return new TextDecoder().decode(await file.readAt(0, await file.size()));
  } finally {
    await file.close();
  }
}
