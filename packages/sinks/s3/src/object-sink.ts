// The sink itself: each partition becomes one object. A small object is one request; a larger one is uploaded in parts and becomes
// visible at the end of its upload. An object that is visible is whole, so a write whose object exists was done before.
import { coreError, type Sink, type SinkCapabilities, type SinkWrite } from '@millrace/core';
import { ObjectStore, type StoredPart } from './connection/object-store.ts';
import { placeOf, s3Failure } from './connection/s3-failure.ts';
import { BatchClaims } from './objects/batch-claims.ts';
import { partitionKey } from './objects/object-keys.ts';
import { objectForm, objectParts } from './objects/object-parts.ts';
import type { S3SinkOptions } from './s3-sink.options.ts';

interface OpenStore {
  readonly store: ObjectStore;
  readonly claims: BatchClaims;
}

/** Writes partitions as objects of one bucket. */
export class ObjectSink<T> implements Sink<T> {
  readonly name = 's3';
  readonly capabilities: SinkCapabilities = Object.freeze({ delivery: 'effectively-once' });
  readonly #options: S3SinkOptions;
  readonly #writes = new Set<Promise<void>>();
  #open: OpenStore | undefined;
  #isClosed = false;

  constructor(options: S3SinkOptions) {
    this.#options = options;
  }

  /** Looks at the bucket. @throws `MR_SINK_NOT_OPEN` after `close`, `MR_SINK_S3_…` */
  async open(): Promise<void> {
    if (this.#isClosed) throw this.#notOpen();
    if (this.#open !== undefined) return;
    const store = await ObjectStore.create(this.#options);
    try {
      await store.look();
    } catch (error) {
      store.close();
      throw s3Failure(error, { what: 'open the bucket', options: this.#options });
    }
    this.#open = { store, claims: new BatchClaims(store, this.#options.prefix) };
  }

  /**
   * Writes one partition, unless its object exists.
   *
   * @throws `MR_SINK_NOT_OPEN`, `MR_SINK_UNSUPPORTED_RECORD`, `MR_SINK_REPARTITIONED`, `MR_SINK_S3_…`
   */
  async write(records: Iterable<T>, write: SinkWrite): Promise<void> {
    if (this.#open === undefined || this.#isClosed) throw this.#notOpen();
    const writing = this.#writeOnce(this.#open, records, write);
    this.#writes.add(writing);
    try {
      await writing;
    } finally {
      this.#writes.delete(writing);
    }
  }

  /** Waits for pending writes and closes every connection. May be repeated. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#writes);
    this.#open?.store.close();
    this.#open = undefined;
  }

  async #writeOnce({ store, claims }: OpenStore, records: Iterable<T>, write: SinkWrite): Promise<void> {
    const { format, partBytes, prefix } = this.#options;
    const form = objectForm(format);
    const on = async <R>(step: Promise<R>): Promise<R> => {
      try {
        return await step;
      } catch (error) {
        const what = `write partition ${write.partition}`;
        throw s3Failure(error, { what, options: this.#options, details: { ...write } });
      }
    };
    const hasClaim = await on(claims.check(write));
    const key = partitionKey(write, prefix, this.#options.suffix ?? form.suffix);
    if (hasClaim && (await on(store.has(key)))) return;
    const claim = async (): Promise<void> => {
      if (!hasClaim) await on(claims.claim(write));
    };
    const upload = new Upload(store, key, form.contentType);
    try {
      for (const part of objectParts(records, { format, partBytes, write })) await on(upload.add(part));
      if (upload.isEmpty) return;
      await claim();
      await on(upload.complete());
    } catch (error) {
      // The first error is reported; parts that stay are removed by a rule of the bucket.
      await upload.abort().catch(() => undefined);
      throw error;
    }
  }

  #notOpen(): Error {
    const place = placeOf(this.#options);
    const message = `expected the sink of ${place} to be open; open the sink once before the first write, and make another after close`;
    return coreError('MR_SINK_NOT_OPEN', message, { details: { sink: this.name, place } });
  }
}

/** One object on its way: one part stays in memory until the next part shows that the object is large. */
class Upload {
  readonly #store: ObjectStore;
  readonly #key: string;
  readonly #type: string;
  readonly #parts: StoredPart[] = [];
  #held: Uint8Array | undefined;
  #id: string | undefined;

  constructor(store: ObjectStore, key: string, type: string) {
    this.#store = store;
    this.#key = key;
    this.#type = type;
  }

  get isEmpty(): boolean {
    return this.#held === undefined;
  }

  async add(part: Uint8Array): Promise<void> {
    const held = this.#held;
    this.#held = part;
    if (held === undefined) return;
    this.#id ??= await this.#store.beginUpload(this.#key, this.#type);
    await this.#send(this.#id, held);
  }

  /** Makes the object visible. */
  async complete(): Promise<void> {
    if (this.#held === undefined) return;
    if (this.#id === undefined) return await this.#store.put(this.#key, this.#held, this.#type);
    await this.#send(this.#id, this.#held);
    await this.#store.completeUpload(this.#key, this.#id, this.#parts);
    this.#id = undefined;
  }

  /** Removes the parts. */
  async abort(): Promise<void> {
    if (this.#id !== undefined) await this.#store.abortUpload(this.#key, this.#id);
  }

  async #send(id: string, part: Uint8Array): Promise<void> {
    this.#parts.push(await this.#store.uploadPart(this.#key, id, this.#parts.length + 1, part));
  }
}
