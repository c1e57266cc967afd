// The answers of a data server without data. A refused sender is told nothing but the number: the reason is in the log of the
// server.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DataLimits } from './data-limits.ts';
import { DATA_PATH } from './signed-request.ts';

/** The statuses of a data server. */
export const STATUS = {
  data: 200,
  malformed: 400,
  notSigned: 401,
  unknownPath: 404,
  notPost: 405,
  repeated: 409,
  noLength: 411,
  tooLarge: 413,
  /** The executor answered with an error, which is the body. */
  failed: 422,
  busy: 503,
} as const;

/** A status of a data server. */
export type Status = (typeof STATUS)[keyof typeof STATUS];

/** A request that gets no data. */
export class Refused extends Error {
  readonly status: Status;

  constructor(status: Status, message: string) {
    super(message);
    this.status = status;
  }
}

/** The announced size of a request, in bytes. @throws Refused for a head that no fetcher sends. */
export function announcedBytes({ method, url, headers }: IncomingMessage, limits: DataLimits): number {
  if (url !== DATA_PATH) throw new Refused(STATUS.unknownPath, `the path is not ${DATA_PATH}`);
  if (method !== 'POST') throw new Refused(STATUS.notPost, 'the method is not POST');
  const announced = headers['content-length'];
  if (announced === undefined) throw new Refused(STATUS.noLength, 'the size is not announced');
  const bytes = Number(announced);
  if (bytes <= limits.requestBytesMax) return bytes;
  throw new Refused(STATUS.tooLarge, `expected at most ${limits.requestBytesMax} bytes, got ${bytes}`);
}

/** Answers without data. Only a sender that may ask again keeps its connection. */
export function refuse(request: IncomingMessage, response: ServerResponse, { status }: Refused): void {
  if (response.headersSent || response.destroyed) return;
  const isKept = status === STATUS.busy || status === STATUS.repeated;
  response.writeHead(status, { 'content-length': 0, ...(isKept ? {} : { connection: 'close' }) });
  // Unread bytes would make the system reset the connection, and the answer would be lost. Node ends a request that is late.
  request.resume();
  response.end();
}
