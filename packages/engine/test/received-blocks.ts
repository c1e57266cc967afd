// Blocks for tests of tracking: valid, with the differences that a test sets.
import type { ReceivedBlockInfo, StreamId } from '@millrace/core';
import type { BatchInput } from '@millrace/core/engine';

/** The n-th block of an attempt of a stream, with ten records. */
export function receivedBlock(
  sequence: number,
  over: Partial<ReceivedBlockInfo> & { readonly attempt?: string } = {},
): ReceivedBlockInfo {
  const { attempt = 'first', ...info } = over;
  const streamId = info.streamId ?? 0;
  return {
    streamId,
    blockId: `input-${streamId}-${attempt}-${sequence}`,
    recordCount: 10,
    sizeBytes: 100,
    durability: 'memory',
    executorId: 'a',
    ...info,
  };
}

/** The sequence numbers of a stream's blocks in a batch. */
export function sequencesIn(input: BatchInput | undefined, streamId: StreamId = 0): number[] {
  return (input?.blocks.get(streamId) ?? []).map((block) => Number(block.blockId.split('-').at(-1)));
}
