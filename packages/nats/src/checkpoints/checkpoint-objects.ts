// Objects in a stream: chunks of 512 KiB, each a message of its own subject. A name is never used twice, so chunks of an attempt that
// lands late belong to an object that no index names.
import { createHash } from 'node:crypto';
import { type Clock, coreError, type RandomSource } from '@millrace/core';
import { clusterError } from '../cluster-errors.ts';
import { SUBJECTS } from '../servers/app-names.ts';
import type { DecidedAppend } from '../streams/decided-append.ts';
import type { StreamApi } from '../streams/stream-api.ts';
import { untilAnswered } from '../streams/until-answered.ts';
import type { StoredObject } from './checkpoint-index.ts';

/** Collaborators of an `CheckpointObjects`. */
export interface CheckpointObjectsDeps {
  readonly api: StreamApi;
  readonly append: DecidedAppend;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly app: string;
  readonly stream: string;
}

const CHUNK_BYTES = 512 * 1024;
const NAME = 20;

/** Writes, reads and removes objects. */
export class CheckpointObjects {
  readonly #deps: CheckpointObjectsDeps;

  constructor(deps: CheckpointObjectsDeps) {
    this.#deps = deps;
  }

  /** Writes an object. @throws `MR_CLUSTER_STREAM_FULL`, `MR_CLUSTER_REFUSED`, errors of the link. */
  async write(bytes: Uint8Array): Promise<StoredObject> {
    const { append, random, stream } = this.#deps;
    const name = random.id(NAME);
    const chunks = Math.max(1, Math.ceil(bytes.byteLength / CHUNK_BYTES));
    for (let chunk = 0; chunk < chunks; chunk += 1) {
      const data = bytes.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES);
      const subject = this.#subject(name, chunk);
      const decision = await append.append({ stream, subject, data, id: `${name}/${chunk}` });
      if (decision.kind === 'stored') continue;
      const words = 'description' in decision ? decision.description : decision.kind;
      const code = decision.kind === 'full' ? 'MR_CLUSTER_STREAM_FULL' : 'MR_CLUSTER_REFUSED';
      throw clusterError(code, `the stream ${stream} refuses a checkpoint: ${words}`, {
        details: { stream },
      });
    }
    return { name, bytes: bytes.byteLength, chunks, digest: digestOf(bytes) };
  }

  /** Reads an object. @throws Error with the reason when a chunk is missing or damaged. */
  async read({ name, bytes, chunks, digest }: StoredObject): Promise<Uint8Array> {
    const { api, clock, stream } = this.#deps;
    const read: Uint8Array[] = [];
    for (let chunk = 0; chunk < chunks; chunk += 1) {
      const subject = this.#subject(name, chunk);
      const message = await untilAnswered(() => api.get(stream, { lastOf: subject }), { clock });
      if (message === undefined) throw new Error(`chunk ${chunk} of ${chunks} is missing`);
      read.push(message.data);
    }
    const whole = Buffer.concat(read);
    if (whole.byteLength !== bytes || digestOf(whole) !== digest)
      throw new Error('the checksum does not match');
    return whole;
  }

  /** Removes an object that no index names. */
  async remove(name: string): Promise<void> {
    const { api, stream } = this.#deps;
    await api.purge(stream, { subject: this.#subject(name, '>') });
  }

  /** The names of all objects, also of those that no index names. */
  async names(): Promise<ReadonlySet<string>> {
    const { api, app, clock, stream } = this.#deps;
    const pattern = SUBJECTS.checkpoints(app, '>');
    const subjects = await untilAnswered(() => api.subjects(stream, pattern), { clock });
    return new Set(subjects.map((subject) => subject.split('.').at(-2) ?? ''));
  }

  #subject(name: string, chunk: number | '>'): string {
    return SUBJECTS.checkpoints(this.#deps.app, `${name}.${chunk}`);
  }
}

/** The error of a driver that was replaced. */
export function checkpointsFenced(subject: string): Error {
  return coreError(
    'MR_CHECKPOINT_FENCED',
    'another driver has taken over the checkpoints: this driver has to end',
    {
      details: { subject },
    },
  );
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
