import { coreError, MsgpackCodec } from '@millrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Peer } from '../transport.ts';
import { fetchInPieces } from './fetch-in-pieces.ts';
import { type AnswerPiece, PiecedAnswers } from './pieced-answers.ts';

const codec = new MsgpackCodec();
const question = { kind: 'FetchBuckets', request: { partition: 3 } } as const;

function answersOf(
  answer: (kind: string, request: unknown) => Promise<unknown>,
  pieceBytes = 16,
  piecedAnswersMax = 2,
) {
  const answers = new PiecedAnswers({ codec, answer, limits: { pieceBytes, piecedAnswersMax } });
  const asked: string[] = [];
  const session: Peer = {
    ask: (kind, request) => {
      asked.push(kind);
      return answers.answer(kind, request);
    },
    close: () => undefined,
  };
  return { answers, session, asked };
}

const begin = (answers: PiecedAnswers) => answers.answer('BeginPieces', question) as Promise<AnswerPiece>;

describe('an answer in pieces', () => {
  it('arrives unchanged, in pieces that are not too large, and leaves nothing', async () => {
    const parts = fc.array(fc.option(fc.uint8Array({ maxLength: 200 })), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(parts, fc.integer({ min: 4, max: 64 }), async (buckets, pieceBytes) => {
        const { answers, session } = answersOf(async () => ({ buckets }), pieceBytes);
        const pieces: Uint8Array[] = [];
        const watched: Peer = {
          ...session,
          ask: async (kind, request) => {
            const piece = (await session.ask(kind, request)) as AnswerPiece;
            pieces.push(piece.bytes);
            return piece;
          },
        };
        const { buckets: read } = (await fetchInPieces(watched, question, codec)) as {
          buckets: typeof buckets;
        };
        expect(read.map((one) => one && [...one])).toEqual(buckets.map((one) => one && [...one]));
        for (const bytes of pieces) expect(bytes.buffer.byteLength).toBeLessThanOrEqual(pieceBytes);
        expect(answers.size).toBe(0);
      }),
    );
  });

  it('is asked of the executor once, with the request as sent', async () => {
    const requests: unknown[] = [];
    const { session, asked } = answersOf(async (kind, request) => {
      requests.push([kind, request]);
      return { buckets: [new Uint8Array(40)] };
    });
    await fetchInPieces(session, question, codec);
    expect(requests).toEqual([['FetchBuckets', question.request]]);
    expect(asked[0]).toBe('BeginPieces');
    expect(new Set(asked.slice(1))).toEqual(new Set(['NextPiece']));
  });

  it('ends with the error of the executor', async () => {
    const { session } = answersOf(async () => {
      throw coreError('MR_EXECUTOR_STALE_EPOCH', 'epoch 2 is in charge');
    });
    await expect(fetchInPieces(session, question, codec)).rejects.toMatchObject({
      code: 'MR_EXECUTOR_STALE_EPOCH',
    });
  });

  it('repeats the newest piece for a request that arrives twice, and refuses any other order', async () => {
    const { answers } = answersOf(async () => ({
      buckets: [Uint8Array.from({ length: 60 }, (_, index) => index)],
    }));
    const { id } = await begin(answers);
    const next = (index: number) => answers.answer('NextPiece', { id, index }) as Promise<AnswerPiece>;
    const one = await next(1);
    expect((await next(1)).bytes).toEqual(one.bytes);
    await expect(next(3)).rejects.toMatchObject({ code: 'MR_REMOTE_DATA_FAILED' });
    await expect(next(0)).rejects.toMatchObject({ code: 'MR_REMOTE_DATA_FAILED' });
    expect((await next(2)).bytes).not.toEqual(one.bytes);
  });

  it('gives its place to newer answers above the bound', async () => {
    const { answers } = answersOf(async () => ({ buckets: [new Uint8Array(60)] }));
    const [oldest, second, third] = [await begin(answers), await begin(answers), await begin(answers)];
    expect(answers.size).toBe(2);
    await expect(answers.answer('NextPiece', { id: oldest.id, index: 1 })).rejects.toThrow(/newer answers/);
    for (const { id } of [second, third]) await answers.answer('NextPiece', { id, index: 1 });
  });

  it.each([
    ['a request of the driver', 'BeginPieces', { kind: 'RunTask', request: {} }],
    ['no request', 'BeginPieces', undefined],
    ['no answer', 'NextPiece', null],
    ['an unknown answer', 'NextPiece', { id: 'x', index: 1 }],
  ])('is refused for %s', async (_, kind, request) => {
    const { answers } = answersOf(async () => ({ buckets: [] }));
    await expect(answers.answer(kind, request)).rejects.toMatchObject({ code: 'MR_REMOTE_DATA_FAILED' });
  });

  it('leaves requests of other kinds to the executor', async () => {
    const { answers } = answersOf(async (kind, request) => [kind, request]);
    expect(await answers.answer('RunTask', 1)).toEqual(['RunTask', 1]);
  });

  it.each([
    undefined,
    7,
    {},
    { id: 0, sizeBytes: 4, bytes: new Uint8Array() },
    { id: 0, sizeBytes: 'x', bytes: Uint8Array.of(1) },
  ])('refuses %j as a piece', async (reply) => {
    const session: Peer = { ask: async () => reply, close: () => undefined };
    await expect(fetchInPieces(session, question, codec)).rejects.toMatchObject({
      code: 'MR_REMOTE_DATA_DAMAGED',
    });
  });
});
