// Defective sources: HTTP, sockets, files, replays. The simulation does not run these sources.
import type { Mutant } from './mutant.ts';

/** See the header of this file. */
export const SOURCE_MUTANTS: readonly Mutant[] = [
  {
    name: 'queued-answer-has-no-time',
    wrong: 'an answer queued behind others has no read time-out',
    patches: [
      {
        file: 'receivers/http/src/requests/send-answer.ts',
        find: 'else timer = begin(response.socket !== null);',
        replace: 'else timer.cancel();',
      },
    ],
    finder: { kind: 'test', file: 'packages/receivers/http/src/requests/send-answer.spec.ts' },
  },
  {
    name: 'idle-goes-first',
    wrong: 'an idle connection is closed before one whose request is refused',
    patches: [
      {
        file: 'receivers/http/src/listening/connections.ts',
        find: '[this.#unused, this.#refused, this.#overdue, this.#idle]',
        replace: '[this.#unused, this.#overdue, this.#idle, this.#refused]',
      },
    ],
    finder: { kind: 'test', file: 'packages/receivers/http/src/listening/connections.spec.ts' },
  },
  {
    name: 'search-in-empty-lines',
    wrong: 'each empty line costs a search',
    patches: [
      {
        file: 'receivers/http/src/bodies/ndjson-body.ts',
        find: 'bytes[start] === BYTE.lineFeed ? start : bytes.indexOf(BYTE.lineFeed, start)',
        replace: 'bytes.indexOf(BYTE.lineFeed, start)',
      },
    ],
    finder: { kind: 'test', file: 'packages/receivers/http/src/bodies/ndjson-body.spec.ts' },
  },
  {
    name: 'store-ends-with-its-client',
    wrong: 'a keyed request awaited by other clients is dropped when its first client disconnects',
    patches: [
      {
        file: 'receivers/http/src/storing/submitter.ts',
        find: 'key === undefined ? gone : undefined',
        replace: 'key === undefined || key !== undefined ? gone : undefined',
      },
    ],
    finder: { kind: 'test', file: 'packages/receivers/http/src/storing/submitter.spec.ts' },
  },
  {
    name: 'body-of-exactly-the-bound',
    wrong: 'a body of exactly the maximum size is refused',
    patches: [
      {
        file: 'receivers/http/src/requests/body-reader.ts',
        find: 'if (held.length + chunk.length > maxBodyBytes)',
        replace: 'if (held.length + chunk.length >= maxBodyBytes)',
      },
    ],
    finder: { kind: 'test', file: 'packages/receivers/http/src/requests/body-reader.spec.ts' },
  },
  {
    name: 'packed-bytes-run-over',
    wrong: 'the bytes of a compressed body stay counted after decompression',
    patches: [
      { file: 'receivers/http/src/requests/body-reader.ts', find: '  count(-bytes.length);\n', replace: '' },
    ],
    finder: { kind: 'test', file: 'packages/receivers/http/src/requests/body-reader.spec.ts' },
  },
  {
    name: 'give-way-a-moment-late',
    wrong: 'a body of exactly the minimum age is not closed',
    patches: [
      {
        file: 'receivers/http/src/storing/in-flight.ts',
        find: 'if (sinceMs > slowSinceMs) return false;',
        replace: 'if (sinceMs >= slowSinceMs) return false;',
      },
    ],
    finder: { kind: 'test', file: 'packages/receivers/http/src/storing/in-flight.spec.ts' },
  },
  {
    name: 'key-lives-on',
    wrong: 'a key is still remembered at the end of its lifetime',
    patches: [
      {
        file: 'receivers/http/src/storing/idempotency-cache.ts',
        find: 'if (untilMs > nowMs) return;',
        replace: 'if (untilMs >= nowMs) return;',
      },
    ],
    finder: { kind: 'test', file: 'packages/receivers/http/src/storing/idempotency-cache.spec.ts' },
  },
  {
    name: 'addresses-run-over',
    wrong: 'a closed connection still counts for its address',
    patches: [
      {
        file: 'receivers/http/src/listening/connections.ts',
        find: 'if (left > 0) this.#countByAddress.set(connection.address, left);',
        replace: 'if (left > 0) this.#countByAddress.set(connection.address, left + 1);',
      },
    ],
    finder: { kind: 'test', file: 'packages/receivers/http/src/listening/connections.spec.ts' },
  },
  {
    name: 'frame-of-exactly-the-bound',
    wrong: 'a frame of exactly the maximum length is refused',
    patches: [
      {
        file: 'receivers/socket/src/frame-decoder.ts',
        find: 'if (frameBytes > this.#options.maxFrameBytes) {',
        replace: 'if (frameBytes >= this.#options.maxFrameBytes) {',
      },
    ],
    finder: { kind: 'test', file: 'packages/receivers/socket/src/frame-decoder.spec.ts' },
  },
  {
    name: 'report-timer-stays',
    wrong: 'a finished connection leaves its report timer behind',
    patches: [
      { file: 'receivers/socket/src/skipped-report.ts', find: '    this.#timer?.cancel();\n', replace: '' },
    ],
    finder: { kind: 'test', file: 'packages/receivers/socket/src/frame-decoder.spec.ts' },
  },
  {
    name: 'held-for-good',
    wrong: 'a connection that was held back once is never idle again',
    patches: [
      {
        file: 'receivers/socket/src/socket-reading.ts',
        find: '    this.#held = undefined;\n    if',
        replace: '    if',
      },
    ],
    finder: { kind: 'test', file: 'packages/receivers/socket/src/frame-decoder.spec.ts' },
  },
  {
    name: 'measure-packed-by-unpacked',
    wrong: 'a compressed file counts as too short for its range because it decompresses to more',
    patches: [
      {
        file: 'receivers/files/src/file-range.ts',
        find: 'const neededBytes = segment.isUnpacked === true ? segment.readAs.sizeBytes : segment.toByte;',
        replace: 'const neededBytes = segment.toByte;',
      },
    ],
    finder: { kind: 'test', file: 'packages/receivers/files/src/gzip-files.int.spec.ts' },
  },
  {
    name: 'pass-over-too-much',
    wrong: 'reading a compressed file resumes one chunk too late',
    patches: [
      {
        file: 'receivers/files/src/stored-file.ts',
        find: '        passedBytes += chunk.length;\n',
        replace:
          '        passedBytes += isPassed;\n        if (isPassed === chunk.length) passedBytes -= 1;\n',
      },
    ],
    finder: { kind: 'test', file: 'packages/receivers/files/src/gzip-files.int.spec.ts' },
  },
  {
    name: 'poll-the-latest-twice',
    wrong: 'the latest poll counts twice when a file changed right then',
    patches: [
      {
        file: 'receivers/files/src/poll-times.ts',
        find: '.filter((ms) => ms < latestMs)',
        replace: '.filter((ms) => ms <= latestMs)',
      },
    ],
    finder: { kind: 'test', file: 'packages/receivers/files/src/poll-times.spec.ts' },
  },
  {
    name: 'do-not-check-ranges',
    wrong: 'lines read again are not compared with the first reading',
    patches: [
      {
        file: 'receivers/files/src/file-range.ts',
        find: "if (crc !== segment.toCrc) throw lost(file.path, segment, 'the file was replaced or overwritten');\n  }\n}\n\n/** The files",
        replace:
          "if (crc === undefined) throw lost(file.path, segment, 'the file was replaced or overwritten');\n  }\n}\n\n/** The files",
      },
    ],
    finder: { kind: 'test', file: 'packages/receivers/files/src/file-range.spec.ts' },
  },
  {
    name: 'between-the-sides',
    wrong: 'a record in the middle of a gap belongs to the side before the gap',
    patches: [
      {
        file: 'receivers/replay/src/gaps.ts',
        find: 'return dueMs - gap.beforeMs < gap.behindMs - dueMs;',
        replace: 'return dueMs - gap.beforeMs <= gap.behindMs - dueMs;',
      },
    ],
    finder: { kind: 'test', file: 'packages/receivers/replay/src/gaps.spec.ts' },
  },
  {
    name: 'cuts-add-up',
    wrong: 'a withdrawn cut still counts for the next one',
    patches: [
      {
        file: 'receivers/replay/src/gaps.ts',
        find: '      this.#cutMs = this.#newest.cutMs;\n',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/receivers/replay/src/gaps.spec.ts' },
  },
  {
    name: 'confirm-a-byte-late',
    wrong: 'a file is compared only when a longer part than before was read',
    patches: [
      {
        file: 'receivers/replay/src/file-prefix.ts',
        find: 'const isWhole = chunk.length >= rest;',
        replace: 'const isWhole = chunk.length > rest;',
      },
    ],
    finder: { kind: 'test', file: 'packages/receivers/replay/src/replay-range.spec.ts' },
  },
  {
    name: 'go-on-behind-the-next',
    wrong: 'a resumed replay skips one record too many',
    patches: [
      {
        file: 'receivers/replay/src/resume-position.ts',
        find: 'return batch.slice(at + 1);',
        replace: 'return batch.slice(at + 2);',
      },
    ],
    finder: { kind: 'test', file: 'packages/receivers/replay/src/replay-receiver.spec.ts' },
  },
];
