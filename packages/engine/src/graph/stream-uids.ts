// The uids of a graph: names that a program gives to streams, so that a changed program finds the state of its streams
// again in a checkpoint. A stream that was renamed names its former uids, under which an older checkpoint has its state.
import { describeValue } from '@millrace/core/engine';
import { operatorOptions } from './checked-argument.ts';
import { dstreamError } from './dstream-errors.ts';
import type { GraphStream } from './graph-stream.ts';

/** Options of `uid`. */
export interface UidOptions {
  /**
   * The former uid of the stream, or all former ones: state that a checkpoint has under such a name continues under the
   * new one. Leave the option out when all checkpoints have the new name.
   */
  readonly was?: string | readonly string[];
}

/** The former uids of a stream. @throws `MR_GRAPH_INVALID_ARGUMENT`, `MR_GRAPH_INVALID_UID`. */
export function formerUids(options: UidOptions): readonly string[] {
  const { was = [] } = operatorOptions('uid', options, { was: 'any' });
  const uids = Array.isArray(was) ? (was as readonly string[]) : [was as string];
  for (const uid of uids) assertValid(uid, 'a former uid');
  return uids;
}

/** The former uids of a part of a stream, for instance of its state. */
export function withSuffix(options: UidOptions, suffix: string): UidOptions {
  return { was: formerUids(options).map((uid) => `${uid}${suffix}`) };
}

/** The reserved uids of one program. */
export class StreamUids {
  /** By present and by former uid. */
  readonly #owners = new Map<string, GraphStream<unknown>>();

  /**
   * Reserves a uid and the former uids. A uid begins with a letter, an automatic id with a digit, an output's name with
   * `output-`: the three never collide in the names of RDDs.
   *
   * @throws `MR_GRAPH_INVALID_UID`, `MR_GRAPH_DUPLICATE_UID`.
   */
  claim(uid: string, stream: GraphStream<unknown>, former: readonly string[] = []): void {
    assertValid(uid, 'a uid');
    const names = [uid, ...former];
    for (const [place, name] of names.entries()) {
      if (names.indexOf(name) !== place)
        throw dstreamError(
          'MR_GRAPH_INVALID_UID',
          `a former uid must differ from all others; ${name} is named twice`,
          {
            details: { uid: name },
          },
        );
      const owner = this.#owners.get(name);
      if (owner === undefined || owner === stream) continue;
      const message = `uid ${name} belongs to the ${owner.kind} at position ${owner.position}, the ${stream.kind} at ${stream.position} needs another`;
      throw dstreamError('MR_GRAPH_DUPLICATE_UID', message, { details: { uid: name } });
    }
    if (stream.hasUid) for (const name of [stream.id, ...stream.formerIds]) this.#owners.delete(name);
    for (const name of names) this.#owners.set(name, stream);
  }
}

function assertValid(uid: unknown, what: string): void {
  if (typeof uid === 'string' && /^(?!output-)[A-Za-z][A-Za-z0-9._-]*$/.test(uid)) return;
  const expected =
    'must begin with a letter, but not with output-, and hold letters, digits, dots, underscores and dashes only';
  throw dstreamError('MR_GRAPH_INVALID_UID', `${what} ${expected}; it is ${describeValue(uid)}`, {
    details: { uid },
  });
}
