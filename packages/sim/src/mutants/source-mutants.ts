// Wrong sources: HTTP, sockets, files, replays. The simulation does not run these.
import type { Mutant } from './mutant.ts';

/** See the header of this file. */
export const SOURCE_MUTANTS: readonly Mutant[] = [
  {
    name: 'queued-answer-has-no-time',
    wrong: 'an answer behind others has no time in which its client has to read it',
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
    wrong: 'an idle connection gives way before one whose request is refused',
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
    wrong: 'a keyed request for which others wait is dropped when its first client goes',
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
    wrong: 'a body that is as large as may be is refused',
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
    wrong: 'the bytes of a packed body count as held after it was unpacked',
    patches: [
      { file: 'receivers/http/src/requests/body-reader.ts', find: '  count(-bytes.length);\n', replace: '' },
    ],
    finder: { kind: 'test', file: 'packages/receivers/http/src/requests/body-reader.spec.ts' },
  },
  {
    name: 'give-way-a-moment-late',
    wrong: 'a body that is exactly old enough does not give way',
    patches: [
      {
        file: 'receivers/http/src/requests/in-flight.ts',
        find: 'if (sinceMs > slowSinceMs) return false;',
        replace: 'if (sinceMs >= slowSinceMs) return false;',
      },
    ],
    finder: { kind: 'test', file: 'packages/receivers/http/src/requests/in-flight.spec.ts' },
  },
  {
    name: 'key-lives-on',
    wrong: 'a key is remembered at the end of its time',
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
    wrong: 'a connection that is closed still counts for its address',
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
    wrong: 'a frame that is as long as may be is refused',
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
    wrong: 'a connection that is over leaves the timer of its reports behind',
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
    wrong: 'a packed file is too short for its range because it unpacks to more',
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
    wrong: 'a packed file goes on a chunk too late',
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
    wrong: 'lines that are read once more are not compared with those of the first time',
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
    wrong: 'a record in the middle of a gap belongs to the side before it',
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
    wrong: 'a cut that was taken back still counts for the next one',
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
    wrong: 'a file is compared only when more of it was read than before',
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
    wrong: 'a replay that goes on leaves out one record more',
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
