// Reads a range of a replay again. The place of a record in a file is known only after parsing everything before the
// record, so the file is read from its beginning up to the end of the first reading of the range, and no further: later
// additions cannot change a record.
import type { RangeContext, SourcePiece, SourceRange } from '@millrace/core';
import { FilePrefix } from './file-prefix.ts';
import type { ReplayRecord } from './parsing/record-parser.ts';
import { RecordSelector } from './record-selector.ts';
import type { ReplayOptions } from './replay-options.ts';
import { asPosition, prefixOf } from './replay-position.ts';
import { ReplayReading } from './replay-reading.ts';
import { ResumePosition } from './resume-position.ts';

/**
 * The records of a range, in the order of the replay.
 *
 * @throws `MR_REPLAY_FILE_CHANGED`, `MR_REPLAY_FILE_MISSING`, `MR_REPLAY_READ_FAILED`; `MR_REPLAY_POSITION_UNKNOWN` when
 * the range's records are not in the file.
 */
export async function* replayRange(
  options: ReplayOptions,
  range: SourceRange,
  context: RangeContext,
): AsyncGenerator<SourcePiece<ReplayRecord>> {
  const expected = prefixOf(range.to);
  const begin = new ResumePosition(range.from);
  const last = asPosition(range.to).record;
  const reading = new ReplayReading({
    options,
    context,
    selector: new RecordSelector(options),
    prefix: new FilePrefix(options.file, expected),
    ...(expected && { untilByte: expected.bytes }),
    // Records left out in the first reading are left out again; the first reading reported the omission.
    onMalformed: () => undefined,
  });
  for await (const batch of reading.batches()) {
    const behind = begin.behind(batch);
    const end = behind.findIndex(({ index }) => index === last) + 1;
    const records = (end === 0 ? behind : behind.slice(0, end)).map(({ record }) => record);
    if (records.length > 0) yield { kind: 'records', records };
    if (end > 0) return;
  }
  new ResumePosition(range.to).assertReached(options.file);
}
