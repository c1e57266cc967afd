// A bucket, asked through the SDK of AWS.
import { Agent } from 'node:https';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { NodeStorage } from '@millrace/core';
import { usableClientTls } from '@millrace/core/engine';
import type { S3SinkOptions } from '../s3-sink.options.ts';
import { s3SinkError } from '../s3-sink-errors.ts';
import { statusOf } from './s3-failure.ts';

/** A part that the store has. */
export interface StoredPart {
  readonly PartNumber: number;
  readonly ETag: string | undefined;
}

/** One bucket. */
export class ObjectStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  private constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  /** Reads the files of `tls`; sends nothing. @throws `MR_SINK_S3_TLS_UNUSABLE` */
  static async create(options: S3SinkOptions): Promise<ObjectStore> {
    const { endpoint, region, accessKeyId, secretAccessKey, sessionToken, requestTimeoutMs } = options;
    const httpsAgent = await agentFor(options);
    const client = new S3Client({
      region,
      maxAttempts: options.attempts,
      forcePathStyle: options.forcePathStyle ?? endpoint !== undefined,
      // Other stores than Amazon's do not know the newer checksums.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: {
        requestTimeout: requestTimeoutMs,
        connectionTimeout: requestTimeoutMs,
        throwOnRequestTimeout: true,
        ...(httpsAgent === undefined ? {} : { httpsAgent }),
      },
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(accessKeyId === undefined || secretAccessKey === undefined
        ? {}
        : {
            credentials: {
              accessKeyId,
              secretAccessKey,
              ...(sessionToken === undefined ? {} : { sessionToken }),
            },
          }),
    });
    return new ObjectStore(client, options.bucket);
  }

  /** Resolves when the bucket exists and may be asked. */
  async look(): Promise<void> {
    await this.#client.send(new HeadBucketCommand({ Bucket: this.#bucket }));
  }

  /** True when there is an object of this key. */
  async has(key: string): Promise<boolean> {
    try {
      await this.#client.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: key }));
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw error;
    }
  }

  /** The text of a small object; undefined without the object. */
  async text(key: string): Promise<string | undefined> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      return (await Body?.transformToString()) ?? '';
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  /** Stores an object whole, over any object of this key. */
  async put(key: string, bytes: Uint8Array, type: string): Promise<void> {
    const object = { Bucket: this.#bucket, Key: key, Body: bytes, ContentType: type };
    await this.#client.send(new PutObjectCommand(object));
  }

  /** Stores a small object, unless there is one. Some stores ignore the condition. */
  async putNew(key: string, text: string): Promise<void> {
    const object = { Bucket: this.#bucket, Key: key, Body: text, IfNoneMatch: '*' };
    try {
      await this.#client.send(new PutObjectCommand(object));
    } catch (error) {
      // 409: another request of the same kind is under way.
      const status = statusOf(error);
      if (status !== 412 && status !== 409) throw error;
    }
  }

  /** Begins an upload in parts, and gives its id. */
  async beginUpload(key: string, type: string): Promise<string> {
    const object = { Bucket: this.#bucket, Key: key, ContentType: type };
    const { UploadId } = await this.#client.send(new CreateMultipartUploadCommand(object));
    if (UploadId === undefined) throw new Error('the store gave no id for an upload');
    return UploadId;
  }

  /** Uploads a part; `number` from 1. */
  async uploadPart(key: string, upload: string, number: number, bytes: Uint8Array): Promise<StoredPart> {
    const part = { Bucket: this.#bucket, Key: key, UploadId: upload, PartNumber: number, Body: bytes };
    const { ETag } = await this.#client.send(new UploadPartCommand(part));
    return { PartNumber: number, ETag };
  }

  /** Makes the object of its parts, over any object of this key. */
  async completeUpload(key: string, upload: string, parts: readonly StoredPart[]): Promise<void> {
    const MultipartUpload = { Parts: [...parts] };
    const object = { Bucket: this.#bucket, Key: key, UploadId: upload, MultipartUpload };
    await this.#client.send(new CompleteMultipartUploadCommand(object));
  }

  /** Removes the parts of an upload. */
  async abortUpload(key: string, upload: string): Promise<void> {
    const object = { Bucket: this.#bucket, Key: key, UploadId: upload };
    await this.#client.send(new AbortMultipartUploadCommand(object));
  }

  /** Closes every connection. */
  close(): void {
    this.#client.destroy();
  }
}

async function agentFor({ tls }: S3SinkOptions): Promise<Agent | undefined> {
  if (tls === undefined) return undefined;
  const unusableTls = (message: string): Error => s3SinkError('MR_SINK_S3_TLS_UNUSABLE', message);
  return new Agent({
    ...(await usableClientTls(tls, { storage: new NodeStorage(), unusableTls })),
    keepAlive: true,
  });
}
