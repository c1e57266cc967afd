#!/usr/bin/env node
// `millrace-nats`: the command in its process. --help lists the exit codes.
import {
  isMillraceError,
  NodeStorage,
  NoopLogger,
  type Storage,
  SystemClock,
  SystemRandom,
} from '@millrace/core';
import {
  endWhenUnread,
  escapeLines,
  schemaByTable,
  serializeError,
  validateOptions,
} from '@millrace/core/engine';
import { CommanderError } from 'commander';
import { clusterError } from './cluster-errors.ts';
import { type AskedInit, readInitCommandLine } from './command/init-command-line.ts';
import { initReport } from './command/init-report.ts';
import { initStreams } from './command/init-streams.ts';
import { linkInput, secretOf } from './command/link-command-line.ts';
import { checkedLinks } from './servers/checked-links.ts';
import {
  CLUSTER_RULES,
  CLUSTER_SECRETS,
  clusterMismatches,
  type NatsClusterInput,
  type NatsClusterOptions,
} from './servers/cluster-options.ts';
import { StreamApi } from './streams/stream-api.ts';

const FAILED = 2;
const REQUEST_MS = 5_000;
const INIT_MS = 60_000;

function askedBy(argv: readonly string[]): AskedInit | number {
  try {
    return readInitCommandLine(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : FAILED;
  }
}

async function optionsOf(asked: AskedInit, storage: Storage): Promise<NatsClusterOptions> {
  const { app, replicas, monitors, syncVerified, systemUser, systemCredentials, systemNkey } = asked;
  const system = {
    username: systemUser,
    password: await secretOf('--system-password-file', asked.systemPasswordFile, storage),
    credentialsFile: systemCredentials,
    nkeyFile: systemNkey,
  };
  const hasSystem = Object.values(system).some((value) => value !== undefined);
  const input = {
    ...(await linkInput(asked, storage)),
    app,
    replicas,
    clientName: 'millrace-nats',
    monitors: monitors?.split(','),
    syncVerified: syncVerified === true ? 'by-operator' : undefined,
    ...(hasSystem ? { systemUser: system } : {}),
  };
  const schema = schemaByTable<NatsClusterInput, NatsClusterOptions>(CLUSTER_RULES, clusterMismatches);
  return validateOptions({ owner: 'millrace-nats', schema, secrets: CLUSTER_SECRETS, input }).options;
}

async function init(asked: AskedInit): Promise<void> {
  const clock = new SystemClock();
  const ports = { clock, random: new SystemRandom(), storage: new NodeStorage(), log: new NoopLogger() };
  const options = await optionsOf(asked, ports.storage);
  const link = await checkedLinks({ ...ports, options }).open('control');
  const late = new AbortController();
  const error = clusterError('MR_CLUSTER_UNANSWERED', `JetStream did not answer within ${INIT_MS} ms`, {
    details: { reason: 'time-out' },
  });
  const timer = clock.after(INIT_MS, () => late.abort(error));
  try {
    const api = new StreamApi(link, REQUEST_MS);
    const { app, replicas } = options;
    const { logBytes, checkpointBytes, blockBytes } = asked;
    const request = { app, replicas, logBytes, checkpointBytes, blockBytes };
    process.stdout.write(
      initReport(app, await initStreams(request, { api, clock, signal: late.signal }), options.inboxPrefix),
    );
  } finally {
    timer.cancel();
    await link.close();
  }
}

endWhenUnread();
const asked = askedBy(process.argv.slice(2));
if (typeof asked === 'number') process.exitCode = asked;
else {
  try {
    await init(asked);
  } catch (error) {
    const { message, stack } = serializeError(error);
    const text = isMillraceError(error) ? `${error.code}: ${message}` : (stack ?? message);
    process.stderr.write(escapeLines(`${text}\n`));
    process.exitCode = FAILED;
  }
}
