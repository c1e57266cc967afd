// The uids of a graph: names that a program gives to streams, so that a changed program finds the state of its streams
// again in a checkpoint.
import { describeValue } from '@millrace/core/engine';
import { dstreamError } from './dstream-errors.ts';
import type { StreamNode } from './stream-node.ts';

/** The reserved uids of one program. */
export class StreamUids {
  readonly #owners = new Map<string, StreamNode<unknown>>();

  /**
   * Reserves a uid. A uid begins with a letter, an automatic id with a digit, an output's name with `output-`: the
   * three never collide in the names of RDDs.
   *
   * @throws `MR_GRAPH_INVALID_UID`, `MR_GRAPH_DUPLICATE_UID`.
   */
  claim(uid: string, stream: StreamNode<unknown>): void {
    if (typeof uid !== 'string' || !/^(?!output-)[A-Za-z][A-Za-z0-9._-]*$/.test(uid)) {
      const expected =
        'must begin with a letter, but not with output-, and hold letters, digits, dots, underscores and dashes only';
      throw dstreamError('MR_GRAPH_INVALID_UID', `a uid ${expected}; it is ${describeValue(uid)}`, {
        details: { uid },
      });
    }
    const owner = this.#owners.get(uid);
    if (owner !== undefined && owner !== stream) {
      const message = `uid ${uid} belongs to the ${owner.kind} at position ${owner.position}, the ${stream.kind} at ${stream.position} needs another`;
      throw dstreamError('MR_GRAPH_DUPLICATE_UID', message, { details: { uid } });
    }
    if (stream.hasUid) this.#owners.delete(stream.id);
    this.#owners.set(uid, stream);
  }
}
