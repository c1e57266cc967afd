// Fetches an answer over a session, in pieces: the counterpart of `PiecedAnswers`.
import type { Codec } from '@millrace/core';
import type { PeerKind } from '../peer-kinds.ts';
import { remoteError } from '../remote-errors.ts';
import type { Peer } from '../transport.ts';
import { PartReader } from './part-reader.ts';
import type { AnswerPiece } from './pieced-answers.ts';
import { replyOf } from './reply-parts.ts';

/**
 * Fetches an answer.
 *
 * @throws the error of the other executor, `MR_REMOTE_DATA_DAMAGED`, or `MR_REMOTE_DATA_FAILED` when the other executor has
 * given up the answer.
 */
export async function fetchInPieces(
  session: Peer,
  { kind, request }: { readonly kind: PeerKind; readonly request: unknown },
  codec: Codec,
): Promise<unknown> {
  let piece = pieceOf(await session.ask('BeginPieces', { kind, request }));
  const { id, sizeBytes } = piece;
  const reader = new PartReader(sizeBytes);
  let readBytes = 0;
  for (let index = 1; ; index += 1) {
    reader.push(piece.bytes);
    readBytes += piece.bytes.byteLength;
    if (readBytes >= sizeBytes) return replyOf(kind, reader.end(), codec);
    piece = pieceOf(await session.ask('NextPiece', { id, index }));
  }
}

function pieceOf(reply: unknown): AnswerPiece {
  const { id, sizeBytes, bytes } = (reply ?? {}) as Partial<AnswerPiece>;
  const isPiece = Number.isSafeInteger(id) && Number.isSafeInteger(sizeBytes) && bytes instanceof Uint8Array;
  if (isPiece && bytes.byteLength > 0) return reply as AnswerPiece;
  throw remoteError(
    'MR_REMOTE_DATA_DAMAGED',
    'another executor sent something that is no piece of an answer',
  );
}
