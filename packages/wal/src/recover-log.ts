// The recovery on opening a log: reads every segment's header, and settles the end of the last segment. Afterwards
// every end is known and durable, so that a later recovery returns the same entries.
import { join } from 'node:path';
import type { Logger, Storage } from '@millrace/core';
import { PRIVATE_FILE } from '@millrace/core/engine';
import { findTail, type SegmentTail } from './find-tail.ts';
import { findSegments, segmentPath } from './log-directory.ts';
import { FRAME_BYTES, readFrame, type SegmentHeader } from './log-format.ts';
import { linkSegments, type LogSegment, type SegmentChain } from './segment-chain.ts';
import { REWRITE_SUFFIX, segmentFileName, segmentNumber, SPARE_FILE } from './segment-name.ts';
import { sealFrame, type SegmentContent } from './segment-writer.ts';

/** The size of one copy step, in bytes. */
const COPY_BYTES = 1024 * 1024;

/**
 * Finds the segments of a log and settles the end of the last one: by its seal, or by reading the segment, rewriting
 * the segment without its torn tail, and sealing the new file. The caller holds the lock.
 *
 * @throws `MR_WAL_UNSUPPORTED_FORMAT`, and any error of the storage, including `MR_STORAGE_FULL`: the rewriting needs
 *   space for one segment.
 */
export async function recoverLog(storage: Storage, directory: string, log: Logger): Promise<SegmentChain> {
  const chain = linkSegments(await findSegments(storage, directory));
  // Not earlier: a refused directory stays unchanged.
  await removeLeftovers(storage, directory);
  const last = chain.segments.findLast(({ isVoid }) => !isVoid);
  const content = last?.header && (await lastContent(storage, directory, { last, header: last.header, log }));
  // Even without a rewrite now: an earlier attempt may have ended after the renaming.
  await storage.syncDirectory(directory);
  const segments = chain.segments.map((segment) =>
    segment === last && content !== undefined
      ? { ...last, ...content, sizeBytes: content.endBytes }
      : segment,
  );
  return { ...chain, segments };
}

interface LastSegment {
  readonly last: LogSegment;
  readonly header: SegmentHeader;
  readonly log: Logger;
}

async function lastContent(
  storage: Storage,
  directory: string,
  segment: LastSegment,
): Promise<SegmentContent> {
  const { last, header, log } = segment;
  const sealed = await readSeal(storage, directory, last, header);
  return sealed ?? settleEnd(storage, directory, { header, log });
}

/** The content of the seal at the end of a segment; undefined without a seal. */
export async function readSeal(
  storage: Storage,
  directory: string,
  segment: LogSegment,
  header: SegmentHeader,
): Promise<SegmentContent | undefined> {
  const { number, sizeBytes } = segment;
  const offset = sizeBytes - FRAME_BYTES;
  const file = await storage.open(segmentPath(directory, number), 'read');
  try {
    const read = await file.readAt(Math.max(0, offset), FRAME_BYTES);
    const bytes = Buffer.from(read.buffer, read.byteOffset, read.byteLength);
    const reading = readFrame({ bytes, offset, salt: header.salt, limit: sizeBytes }, offset);
    if (reading.kind !== 'frame' || !reading.frame.isSeal) return undefined;
    return { number, endBytes: offset, newestMs: reading.frame.timeMs };
  } finally {
    await file.close();
  }
}

async function settleEnd(
  storage: Storage,
  directory: string,
  { header, log }: { readonly header: SegmentHeader; readonly log: Logger },
): Promise<SegmentContent> {
  const path = segmentPath(directory, header.number);
  const file = await storage.open(path, 'read');
  let content: SegmentContent;
  try {
    const tail = await findTail(file, header);
    content = { number: header.number, endBytes: tail.endBytes, newestMs: tail.newestMs };
    report(log, header, tail);
    const rewritten = await storage.open(path + REWRITE_SUFFIX, 'create', PRIVATE_FILE);
    try {
      for (let offset = 0; offset < tail.endBytes; offset += COPY_BYTES) {
        await rewritten.append([await file.readAt(offset, Math.min(COPY_BYTES, tail.endBytes - offset))]);
      }
      await rewritten.append([sealFrame(header.salt, content)]);
      await rewritten.sync();
    } finally {
      await rewritten.close();
    }
  } finally {
    await file.close();
  }
  await storage.rename(path + REWRITE_SUFFIX, path);
  return content;
}

/** A torn tail is not a loss: its writes were never acknowledged. Without syncs a tail may be a loss. */
function report(log: Logger, header: SegmentHeader, { records, tornBytes, damage }: SegmentTail): void {
  const fields = { segment: segmentFileName(header.number), records, tornBytes };
  if (damage.length > 0) log.error('the last segment of a log is damaged', { ...fields, damage });
  else if (tornBytes > 0 && !header.isSynced) log.warn('a log without syncs lost its end', fields);
  else log.info('a log that was not closed has been settled', fields);
}

/** Unfinished rewrites, and the spare file of the previous process. */
async function removeLeftovers(storage: Storage, directory: string): Promise<void> {
  for (const { name } of await storage.list(directory)) {
    const isRewrite =
      name.endsWith(REWRITE_SUFFIX) && segmentNumber(name.slice(0, -REWRITE_SUFFIX.length)) !== undefined;
    if (isRewrite || name === SPARE_FILE) await storage.remove(join(directory, name));
  }
}
