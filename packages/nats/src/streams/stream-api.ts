// JetStream over a link: appends with expectations, reads of single messages, and the administration of streams. Reads and
// descriptions come from the leader of a stream; a leader that is cut off may answer with an old state. Only an append that a
// quorum accepted decides.
import { isMillraceError } from '@millrace/core';
import type { NatsHeaders, NatsLink, LinkMessage } from '../link/nats-link.ts';
import { type ApiError, apiRefusal } from './api-refusal.ts';
import { appendAnswer } from './append-answer.ts';
import { askAgain } from './ask-again.ts';
import { type StoredJson, storedMessage } from './stored-message.ts';
import type { AppendAnswer, NewMessage, StoredMessage, StreamConfig, StreamInfo } from './stream-shapes.ts';

/** A message to read: by its sequence, or the newest of a subject. */
export type StoredPlace = { readonly sequence: number } | { readonly lastOf: string };

/** The messages to remove: those before a sequence, of one subject or of all. */
export interface PurgeRange {
  readonly below?: number;
  readonly subject?: string;
}

interface ApiAnswer {
  readonly error?: ApiError;
  readonly message?: StoredJson;
}

const STREAM_NOT_FOUND = 10059;
const MESSAGE_NOT_FOUND = 10037;
const NOT_FOUND = 404;
/** Version of the layout of this package's messages. */
const VERSION_HEADERS: NatsHeaders = { 'Ml-V': '1' };
const EMPTY = new Uint8Array(0);

/** JetStream of one account. */
export class StreamApi {
  readonly link: NatsLink;
  readonly #timeoutMs: number;

  /** @param timeoutMs The longest wait for an answer. Before, questions that change nothing wait shorter, see `askAgain`. */
  constructor(link: NatsLink, timeoutMs: number) {
    this.link = link;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Appends a message: one attempt. A missing answer is an outcome, not an error.
   *
   * @throws `MR_CLUSTER_DENIED`, `MR_CLUSTER_MESSAGE_TOO_LARGE`, `MR_CLUSTER_LINK_CLOSED`.
   */
  async append(message: NewMessage, timeoutMs = this.#timeoutMs): Promise<AppendAnswer> {
    const { subject, data } = message;
    try {
      return appendAnswer(await this.link.request(subject, data, { headers: headersOf(message), timeoutMs }));
    } catch (error) {
      if (!isMillraceError(error, 'MR_CLUSTER_UNANSWERED')) throw error;
      return { kind: 'unknown', reason: String(error.details['reason']) };
    }
  }

  /**
   * Reads one message at the leader; undefined when the stream has none there.
   *
   * @throws `MR_CLUSTER_UNANSWERED`, `MR_CLUSTER_REFUSED`, and the errors of `NatsLink.request`; so do all methods below.
   */
  async get(stream: string, place: StoredPlace): Promise<StoredMessage | undefined> {
    const body = 'sequence' in place ? { seq: place.sequence } : { last_by_subj: place.lastOf };
    const { message } = (await this.#read(`STREAM.MSG.GET.${stream}`, body, MESSAGE_NOT_FOUND)) ?? {};
    return message === undefined ? undefined : storedMessage(message);
  }

  /** Reads one message at any replica, which may lag behind; undefined when this replica has none there. */
  async getAnywhere(stream: string, sequence: number): Promise<StoredMessage | undefined> {
    const {
      subject,
      data,
      headers = {},
      status,
    } = await this.#requestAgain(`DIRECT.GET.${stream}`, { seq: sequence });
    if (status === NOT_FOUND) return undefined;
    if (status !== undefined) throw apiRefusal(`DIRECT.GET.${stream}`, { code: status });
    return { subject: headers['Nats-Subject'] ?? subject, sequence, data, headers };
  }

  /** Describes a stream; undefined when there is none. */
  async info(stream: string): Promise<StreamInfo | undefined> {
    return (await this.#read(`STREAM.INFO.${stream}`, {}, STREAM_NOT_FOUND)) as StreamInfo | undefined;
  }

  /** The subjects of messages that a stream has, of those with a pattern; at most 100,000. */
  async subjects(stream: string, pattern: string): Promise<readonly string[]> {
    const answer = await this.#read(`STREAM.INFO.${stream}`, { subjects_filter: pattern });
    const { state } = (answer ?? {}) as { readonly state?: { readonly subjects?: object } };
    return Object.keys(state?.subjects ?? {});
  }

  /** Makes a stream, and returns its settings as the server repeats them. A stream with equal settings is left as it is. */
  async create(config: StreamConfig): Promise<StreamInfo> {
    return (await this.#ask(`STREAM.CREATE.${config.name}`, config)) as unknown as StreamInfo;
  }

  /** Removes the messages of a range. Resolves when a quorum has removed them. */
  async purge(stream: string, { below, subject }: PurgeRange): Promise<void> {
    await this.#ask(`STREAM.PURGE.${stream}`, {
      ...(below === undefined ? {} : { seq: below }),
      ...(subject === undefined ? {} : { filter: subject }),
    });
  }

  /** Lets the leader of a stream step down, in favour of a server. */
  async stepDown(stream: string, preferred: string): Promise<void> {
    await this.#ask(`STREAM.LEADER.STEPDOWN.${stream}`, { placement: { preferred } });
  }

  /** Asks the API to change something. */
  async #ask(subject: string, body: object): Promise<ApiAnswer | undefined> {
    return answerOf(subject, await this.#request(subject, body, this.#timeoutMs));
  }

  /** Asks the API for what there is. Undefined for an answer with the error `absent`. */
  async #read(subject: string, body: object, absent?: number): Promise<ApiAnswer | undefined> {
    return answerOf(subject, await this.#requestAgain(subject, body), absent);
  }

  #requestAgain(subject: string, body: object): Promise<LinkMessage> {
    return askAgain((timeoutMs) => this.#request(subject, body, timeoutMs), this.#timeoutMs);
  }

  #request(subject: string, body: object, timeoutMs: number): Promise<LinkMessage> {
    const isEmpty = Object.keys(body).length === 0;
    const data = isEmpty ? EMPTY : Buffer.from(JSON.stringify(body));
    return this.link.request(`$JS.API.${subject}`, data, { timeoutMs });
  }
}

function answerOf(subject: string, { data }: LinkMessage, absent?: number): ApiAnswer | undefined {
  const answer = JSON.parse(Buffer.from(data).toString()) as ApiAnswer;
  if (answer.error === undefined) return answer;
  if (answer.error.err_code === absent && absent !== undefined) return undefined;
  throw apiRefusal(subject, answer.error);
}

function headersOf({ headers, id, expectLast, expectLastOfSubject }: NewMessage): NatsHeaders {
  return {
    ...VERSION_HEADERS,
    ...headers,
    ...(id === undefined ? {} : { 'Nats-Msg-Id': id }),
    ...(expectLast === undefined ? {} : { 'Nats-Expected-Last-Sequence': String(expectLast) }),
    ...(expectLastOfSubject === undefined
      ? {}
      : { 'Nats-Expected-Last-Subject-Sequence': String(expectLastOfSubject) }),
  };
}
