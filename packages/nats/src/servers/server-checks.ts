// Looks at the servers before their first use. A server that answers before its disk has the bytes, or that does not know a
// setting, would break a promise without a word; such servers are refused in words.
import type { Clock, Timer, Logger } from '@millrace/core';
import type { NatsCredentialOptions } from '@millrace/connection-nats';
import { failureText } from '@millrace/core/engine';
import { clusterError } from '../cluster-errors.ts';
import type { NatsLink } from '../link/nats-link.ts';
import type { SystemAnswers, Varz } from './system-answers.ts';

/** The part of the options about servers. */
export interface ServerCheckOptions {
  /**
   * The monitoring addresses of all servers, for instance `http://a:8222`. Each is asked for `sync_interval: always`, without which
   * a loss of power loses acknowledged decisions.
   */
  readonly monitors?: readonly string[] | undefined;
  /**
   * A user of the system account of the servers, who asks every server for its version and for `sync_interval: always`: `username` and
   * `password`, `token`, `credentialsFile` or `nkeyFile`. In place of `monitors`.
   */
  readonly systemUser?: NatsCredentialOptions | undefined;
  /** `by-operator`: the operator answers for `sync_interval: always` on every server. In place of `monitors` and `systemUser`. */
  readonly syncVerified?: 'by-operator' | undefined;
}

/** Collaborators of the checks. */
export interface ServerCheckDeps {
  readonly clock: Clock;
  readonly options: ServerCheckOptions & { readonly replicas?: number };
  /** Asks all servers as the system user. Absent: without one. */
  readonly askSystem?: (() => Promise<SystemAnswers>) | undefined;
  /** Hears what nobody has looked at. Absent: nothing is said. */
  readonly log?: Logger;
  /** Fetches a JSON document. Default: over HTTP. */
  readonly fetchJson?: (url: string, signal: AbortSignal) => Promise<unknown>;
}

/** The least version: expectations on subjects, settings and answers that the package relies on are those of the tests. */
const LEAST_VERSION = [2, 12] as const;
/** The longest wait for the answers of servers, in milliseconds: short, because a takeover waits for a server that is cut off. */
export const ANSWER_MS = 2_000;
/** The time for the last monitors when most have answered. */
const REST_MS = 250;

/**
 * Looks at the connected server, and at every server by its monitor or by the question of the system user. Fewer than half of them
 * may be silent, other than the connected server: a driver takes over, and executors start, while a server is lost.
 *
 * @throws `MR_CLUSTER_SERVER_UNFIT`, `MR_CLUSTER_SYNC_UNVERIFIED`.
 */
export async function checkServers(
  { server }: Pick<NatsLink, 'server'>,
  deps: ServerCheckDeps,
): Promise<void> {
  assertVersion(server.name, server.version);
  const { monitors = [], syncVerified } = deps.options;
  tellRisks(deps);
  if (deps.askSystem !== undefined) return checkAnswers(server.name, await deps.askSystem());
  if (syncVerified === undefined && monitors.length === 0) throw unverified();
  if (monitors.length === 0) return;
  const { seen, silent } = await askedMonitors(server.name, monitors, deps);
  const isMostSilent = 2 * silent.length >= monitors.length;
  if (isMostSilent || (silent.length > 0 && !seen.has(server.name))) throw silent[0];
  if (!seen.has(server.name))
    throw unfit(
      server.name,
      'every server in monitors, got none for this server; add the monitoring address of this server',
    );
}

/** Says once what the checks do not find. */
function tellRisks({ options: { syncVerified, replicas }, log }: ServerCheckDeps): void {
  if (syncVerified !== undefined)
    log?.warn(
      'nobody looks at the servers of NATS: versions and sync_interval are those that the operator answers for; give monitors or systemUser',
    );
  if (replicas === 1)
    log?.warn('each stream has one copy: a lost server stops the application, and a lost disk its data', {
      replicas,
    });
}

/** Checks what all servers have said. Servers of other clusters keep no stream of this one. */
function checkAnswers(connected: string, { answers, expected }: SystemAnswers): void {
  const own = answers.find(({ varz }) => varz.server_name === connected);
  if (own === undefined || 2 * answers.length <= expected)
    throw clusterError(
      'MR_CLUSTER_SYNC_UNVERIFIED',
      `only ${answers.length} of ${expected} servers of NATS answered the user in systemUser within ${ANSWER_MS} ms: ` +
        'more than half of them must answer, with the connected one',
      { details: { answered: answers.length, expected } },
    );
  for (const { varz, cluster, hasJetStream } of answers) {
    if (cluster !== own.cluster) continue;
    if (hasJetStream) fitServer(varz);
    else assertVersion(varz.server_name ?? '', varz.version ?? '');
  }
}

/**
 * Asks all monitors. When most of them have answered, that of the connected server included, the others have little time left: a
 * takeover waits for this, and the monitor of a machine that is cut off never answers.
 *
 * @throws `MR_CLUSTER_SERVER_UNFIT`.
 */
async function askedMonitors(
  connected: string,
  monitors: readonly string[],
  deps: ServerCheckDeps,
): Promise<{ readonly seen: ReadonlySet<string>; readonly silent: readonly unknown[] }> {
  const seen = new Set<string>();
  const silent: unknown[] = [];
  const enough = new AbortController();
  let timer: Timer | undefined;
  const ask = async (monitor: string): Promise<void> => {
    const varz = await varzOf(monitor, deps, enough.signal).catch(
      (error: unknown) => void silent.push(error),
    );
    if (varz === undefined) return;
    seen.add(fitServer(varz));
    if (2 * seen.size > monitors.length && seen.has(connected))
      timer ??= deps.clock.after(REST_MS, () =>
        enough.abort(new Error(`no answer within ${REST_MS} ms of most others`)),
      );
  };
  try {
    await Promise.all(monitors.map(ask));
    return { seen, silent };
  } finally {
    timer?.cancel();
  }
}

/** The name of a server that may be used. @throws `MR_CLUSTER_SERVER_UNFIT`. */
function fitServer({ server_name = '', version = '', jetstream }: Varz): string {
  assertVersion(server_name, version);
  if (jetstream?.config?.sync_always === true) return server_name;
  throw unfit(
    server_name,
    'sync_interval: always in jetstream, got another interval or no JetStream; write sync_interval: always into the block jetstream of its configuration, and start the server again',
  );
}

async function varzOf(
  monitor: string,
  { clock, fetchJson = overHttp }: ServerCheckDeps,
  enough: AbortSignal,
): Promise<Varz> {
  const late = new AbortController();
  const timer = clock.after(ANSWER_MS, () => late.abort(new Error(`no answer within ${ANSWER_MS} ms`)));
  const url = `${monitor.replace(/\/$/, '')}/varz`;
  try {
    return {
      server_name: monitor,
      ...((await fetchJson(url, AbortSignal.any([late.signal, enough]))) as Varz),
    };
  } catch (error) {
    const message = `could not ask ${url}: ${failureText(error)}; correct monitors, or set syncVerified to by-operator`;
    throw clusterError('MR_CLUSTER_SYNC_UNVERIFIED', message, { details: { monitor } });
  } finally {
    timer.cancel();
  }
}

async function overHttp(url: string, signal: AbortSignal): Promise<unknown> {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

function assertVersion(name: string, version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_VERSION;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  throw unfit(
    name,
    `version ${LEAST_VERSION.join('.')} or newer, got ${version}; take a release, an image or a chart of the vendor`,
  );
}

function unfit(name: string, expected: string): Error {
  return clusterError('MR_CLUSTER_SERVER_UNFIT', `expected of the server ${name} of NATS: ${expected}`, {
    details: { server: name },
  });
}

function unverified(): Error {
  const message =
    'whether the servers of NATS write to their disks before they answer is not known: give their monitors or a systemUser, or set ' +
    "syncVerified: 'by-operator' and sync_interval: always on every server";
  return clusterError('MR_CLUSTER_SYNC_UNVERIFIED', message);
}
