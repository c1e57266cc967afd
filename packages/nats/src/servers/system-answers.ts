// What all servers say about themselves to a user of the system account: one question, and an answer of each server.
import type { Clock, RandomSource } from '@millrace/core';
import { clusterError } from '../cluster-errors.ts';
import type { LinkMessage, NatsLink } from '../link/nats-link.ts';

/** A server's description of itself, as far as it is used. */
export interface Varz {
  readonly server_name?: string;
  readonly version?: string;
  readonly jetstream?: { readonly config?: { readonly sync_always?: boolean } };
}

/** The answer of a server. */
export interface SystemAnswer {
  readonly varz: Varz;
  /** The name of its cluster; undefined for a server that is alone. */
  readonly cluster: string | undefined;
  /** False: the server keeps no streams. */
  readonly hasJetStream: boolean;
}

/** Collaborators. */
export interface SystemQuestionDeps {
  readonly clock: Clock;
  readonly random: RandomSource;
  /** See `NatsLinkOptions`. */
  readonly inboxPrefix: string;
  /** The number of servers that are known to the application. */
  readonly least: number;
  /** The longest wait for all answers, in milliseconds. */
  readonly answerMs: number;
}

/** The answers, and the number of servers that could have answered. */
export interface SystemAnswers {
  readonly answers: readonly SystemAnswer[];
  readonly expected: number;
}

interface Answer {
  readonly server?: { readonly name?: string; readonly cluster?: string; readonly jetstream?: boolean };
  readonly data?: Varz;
  readonly statsz?: { readonly active_servers?: number };
}

const QUESTION = '$SYS.REQ.SERVER.PING.VARZ';
const COUNT = '$SYS.REQ.SERVER.PING';
const NO_RESPONDERS = 503;
const INBOX_ID = 16;

/**
 * Asks all servers over a link of a user of the system account. Waits until as many servers have answered as are known to the
 * application and to the servers, or until the time is over.
 *
 * @throws `MR_CLUSTER_SYNC_UNVERIFIED` when the user is not one of the system account, and the errors of `NatsLink.publish`.
 */
export async function askAllServers(link: NatsLink, deps: SystemQuestionDeps): Promise<SystemAnswers> {
  const { clock, random, inboxPrefix, least, answerMs } = deps;
  const inbox = `${inboxPrefix}.${random.id(INBOX_ID)}`;
  const answers = new Map<string, SystemAnswer>();
  const done = Promise.withResolvers<void>();
  let counted: number | undefined;
  const take = (message: LinkMessage): void => {
    if (message.status === NO_RESPONDERS) return done.reject(notSystem());
    const { server, data, statsz } = JSON.parse(Buffer.from(message.data).toString()) as Answer;
    if (statsz !== undefined) counted = Math.max(counted ?? 0, statsz.active_servers ?? 0);
    const name = data?.server_name ?? server?.name;
    if (data !== undefined && name !== undefined)
      answers.set(name, {
        varz: { server_name: name, ...data },
        cluster: server?.cluster,
        hasJetStream: server?.jetstream === true,
      });
    if (counted !== undefined && answers.size >= Math.max(least, counted)) done.resolve();
  };
  const listening = link.subscribe(`${inbox}.*`, take);
  const timer = clock.after(answerMs, () => done.resolve());
  try {
    for (const [at, subject] of [COUNT, QUESTION].entries())
      link.publish(subject, Buffer.from('{}'), { reply: `${inbox}.${at}` });
    await done.promise;
    return { answers: [...answers.values()], expected: Math.max(least, counted ?? 0) };
  } finally {
    timer.cancel();
    listening.unsubscribe();
  }
}

function notSystem(): Error {
  const message =
    'the servers of NATS do not answer the user in systemUser: give a user of the system account, or give monitors in place of systemUser';
  return clusterError('MR_CLUSTER_SYNC_UNVERIFIED', message);
}
