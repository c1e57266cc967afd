// Checkpoints in streams of JetStream: objects, and an index that names them. The first call takes the store over: it writes the index
// again, and every earlier driver expects the index before.
import {
  type CheckpointStore,
  type Clock,
  coreError,
  type Logger,
  type ManagedResource,
  messageOf,
  type RandomSource,
  type StoredCheckpoint,
} from '@millrace/core';
import { clusterError } from '../cluster-errors.ts';
import type { LeaseRenewals } from '../streams/lease-renewals.ts';
import type { SharedLinks } from '../link/shared-links.ts';
import { SUBJECTS } from '../servers/app-names.ts';
import { checkedStream } from '../servers/checked-stream.ts';
import { streamConfig } from '../servers/stream-plan.ts';
import { DecidedAppend } from '../streams/decided-append.ts';
import { StreamApi } from '../streams/stream-api.ts';
import { untilAnswered } from '../streams/until-answered.ts';
import {
  type CheckpointIndex,
  indexBytes,
  objectNames,
  readIndex,
  type StoredObject,
} from './checkpoint-index.ts';
import { checkpointsFenced, CheckpointObjects } from './checkpoint-objects.ts';

/** Collaborators of a store. */
export interface NatsCheckpointsDeps {
  /** Closed with the store. */
  readonly links: SharedLinks;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Logger;
  readonly app: string;
  readonly replicas: number;
  /** The lease of this driver. Absent: a takeover waits for nothing. */
  readonly renewals?: LeaseRenewals | undefined;
}

/** The store of a driver that has taken over. */
interface Owned {
  readonly append: DecidedAppend;
  readonly objects: CheckpointObjects;
  index: CheckpointIndex;
  sequence: number;
}

const REQUEST_MS = 5_000;
const ATTEMPT_MS = 2_000;
const ID = 16;
/** The largest checkpoint or part. */
const MAX_BYTES = 1024 * 1024 * 1024;

/** A `CheckpointStore` in streams. */
export class NatsCheckpoints implements CheckpointStore, Pick<ManagedResource, 'close'> {
  readonly reach = 'everywhere';
  readonly #deps: NatsCheckpointsDeps;
  readonly #subject: string;
  #owned: Promise<Owned> | undefined;
  #fenced: Error | undefined;

  constructor(deps: NatsCheckpointsDeps) {
    this.#deps = deps;
    this.#subject = SUBJECTS.control(deps.app, 'checkpoints');
  }

  async write(batchTime: number, bytes: Uint8Array): Promise<void> {
    await this.#store('checkpoints', batchTime, bytes);
  }

  async newest(
    accept?: (checkpoint: StoredCheckpoint) => boolean | Promise<boolean>,
  ): Promise<StoredCheckpoint | undefined> {
    const { index, objects } = await this.#own();
    const times = [...index.checkpoints.keys()].toSorted((a, b) => b - a);
    for (const batchTime of times) {
      const object = index.checkpoints.get(batchTime);
      const read = object === undefined ? undefined : await readObject(objects, object);
      const checkpoint = read?.bytes === undefined ? undefined : { batchTime, bytes: read.bytes };
      if (checkpoint !== undefined && (accept === undefined || (await accept(checkpoint)))) return checkpoint;
      const reason = read?.problem ?? 'it was not accepted';
      this.#deps.log.warn('a checkpoint was skipped', { batchTime, reason });
    }
    if (times.length === 0) return undefined;
    throw coreError(
      'MR_CHECKPOINT_UNREADABLE',
      `expected a readable checkpoint of ${this.#deps.app}, but none of ${times.length} is readable`,
      { details: { place: this.#subject, count: times.length } },
    );
  }

  async list(): Promise<readonly number[]> {
    return sortedKeys((await this.#own()).index.checkpoints);
  }

  async prune(keep: number): Promise<void> {
    if (!Number.isSafeInteger(keep) || keep < 1) throw new TypeError(`keep must be at least 1, got ${keep}`);
    const owned = await this.#own();
    const { index } = owned;
    const old = sortedKeys(index.checkpoints).slice(0, -keep);
    if (old.length === 0) return;
    const checkpoints = new Map(index.checkpoints);
    for (const batchTime of old) checkpoints.delete(batchTime);
    await this.#replace(owned, { ...index, checkpoints });
  }

  async writePart(part: number, bytes: Uint8Array): Promise<void> {
    await this.#store('parts', part, bytes);
  }

  async readPart(part: number): Promise<Uint8Array> {
    const { index, objects } = await this.#own();
    const object = index.parts.get(part);
    const { bytes, problem } =
      object === undefined ? { problem: 'there is none' } : await readObject(objects, object);
    if (bytes !== undefined) return bytes;
    throw coreError(
      'MR_CHECKPOINT_PART_UNREADABLE',
      `part ${part} of checkpoints cannot be used: ${problem}`,
      {
        details: { place: this.#subject, part, problem },
      },
    );
  }

  async listParts(): Promise<readonly number[]> {
    return sortedKeys((await this.#own()).index.parts);
  }

  async removePart(part: number): Promise<void> {
    const owned = await this.#own();
    const parts = new Map(owned.index.parts);
    if (parts.delete(part)) await this.#replace(owned, { ...owned.index, parts });
  }

  /** Closes the connection. May be repeated. */
  async close(): Promise<void> {
    await this.#deps.links.close();
  }

  async #store(kind: 'checkpoints' | 'parts', number: number, bytes: Uint8Array): Promise<void> {
    if (bytes.byteLength > MAX_BYTES)
      throw coreError(
        'MR_CHECKPOINT_TOO_LARGE',
        `expected a checkpoint of at most ${MAX_BYTES} bytes, got ${bytes.byteLength}; keep less state`,
        { details: { sizeBytes: bytes.byteLength, maxBytes: MAX_BYTES } },
      );
    const owned = await this.#own();
    const object = await owned.objects.write(bytes);
    const entries = new Map(owned.index[kind]).set(number, object);
    await this.#replace(owned, { ...owned.index, [kind]: entries });
  }

  /** Replaces the index; then the objects go that it names no more. */
  async #replace(owned: Owned, next: CheckpointIndex): Promise<void> {
    const before = owned.index;
    await this.#writeIndex(owned, next);
    const named = objectNames(next);
    for (const name of objectNames(before)) if (!named.has(name)) await this.#removeQuietly(owned, name);
  }

  async #writeIndex(
    owned: Owned,
    next: CheckpointIndex,
    options: { readonly before?: () => Promise<void> | undefined } = {},
  ): Promise<void> {
    if (this.#fenced !== undefined) throw this.#fenced;
    const { random, app, replicas } = this.#deps;
    const { name: stream } = streamConfig(app, 'CTL', { replicas });
    const message = {
      stream,
      subject: this.#subject,
      id: random.id(ID),
      data: indexBytes(next),
      expectLastOfSubject: owned.sequence,
    };
    const decision = await owned.append.append(message, options);
    if (decision.kind === 'taken') {
      this.#fenced = checkpointsFenced(this.#subject);
      throw this.#fenced;
    }
    if (decision.kind !== 'stored')
      throw clusterError(
        'MR_CLUSTER_STREAM_FULL',
        `the stream ${stream} refuses the index: ${decision.description}`,
        {
          details: { stream },
        },
      );
    owned.index = next;
    owned.sequence = decision.sequence;
  }

  /** An object that stays is harmless: the next driver removes what no index names. */
  async #removeQuietly({ objects }: Owned, name: string): Promise<void> {
    try {
      await objects.remove(name);
    } catch (error) {
      this.#deps.log.warn('an old checkpoint could not be removed', { object: name, error });
    }
  }

  async #own(): Promise<Owned> {
    if (this.#fenced !== undefined) throw this.#fenced;
    this.#owned ??= this.#takeOver();
    try {
      return await this.#owned;
    } catch (error) {
      this.#owned = undefined;
      throw error;
    }
  }

  async #takeOver(): Promise<Owned> {
    const { links, clock, random, log, app, replicas, renewals } = this.#deps;
    const [control, chunks] = (['CTL', 'CKPT'] as const).map((purpose) =>
      streamConfig(app, purpose, { replicas }),
    );
    const api = new StreamApi(await links.open('control'), REQUEST_MS);
    for (const config of [control, chunks])
      if (config !== undefined) await untilAnswered(() => checkedStream(api, config), { clock });
    const append = new DecidedAppend({ api, clock, log, attemptMs: ATTEMPT_MS });
    const stream = chunks?.name ?? '';
    const objects = new CheckpointObjects({ api, append, clock, random, app, stream });
    const before = () => renewals?.untilFresh();
    for (;;) {
      const place = { lastOf: this.#subject };
      const found = await untilAnswered(() => api.get(control?.name ?? '', place), { clock });
      const owned: Owned = { append, objects, index: readIndex(found), sequence: found?.sequence ?? 0 };
      const isTaken = await this.#writeIndex(owned, owned.index, { before }).then(
        () => true,
        (error: unknown) => {
          // Another driver was faster: read again.
          if (error !== this.#fenced) throw error;
          this.#fenced = undefined;
          return false;
        },
      );
      if (!isTaken) continue;
      const named = objectNames(owned.index);
      for (const name of await objects.names()) if (!named.has(name)) await this.#removeQuietly(owned, name);
      return owned;
    }
  }
}

async function readObject(
  objects: CheckpointObjects,
  object: StoredObject,
): Promise<
  | { readonly bytes: Uint8Array; readonly problem?: undefined }
  | { readonly bytes?: undefined; readonly problem: string }
> {
  try {
    return { bytes: await objects.read(object) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

function sortedKeys(entries: ReadonlyMap<number, unknown>): readonly number[] {
  return [...entries.keys()].toSorted((a, b) => a - b);
}
