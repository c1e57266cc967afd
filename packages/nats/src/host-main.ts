#!/usr/bin/env node
// `millrace-host`: the command in its process. --help lists the exit codes.
import { isMillraceError, NodeStorage, PinoLogger, SystemClock, SystemRandom } from '@millrace/core';
import { endWhenUnread, escapeLines, serializeError } from '@millrace/core/engine';
import { CommanderError } from 'commander';
import { hostDataOptions } from './command/host-data-options.ts';
import { type AskedHost, readHostCommandLine } from './command/host-command-line.ts';
import { hostLinkOptions } from './command/host-link-options.ts';
import { type HostProcess, startHost } from './hosts/host-process.ts';
import { ClientLinks } from './link/client-links.ts';

const FAILED = 2;

function askedBy(argv: readonly string[]): AskedHost | number {
  try {
    return readHostCommandLine(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : FAILED;
  }
}

async function serve(asked: AskedHost): Promise<void> {
  const [clock, random, storage, log] = [
    new SystemClock(),
    new SystemRandom(),
    new NodeStorage(),
    new PinoLogger(),
  ];
  const options = await hostLinkOptions(asked, storage);
  const stopped = Promise.withResolvers<void>();
  // A second signal ends the process at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.resolve());
  const links = new ClientLinks({ clock, random, storage, log, options });
  const { app, name, program, executors } = asked;
  const starting = startHost(
    { links, clock, random, storage, log },
    { app, name, program, executors, link: options, ...hostDataOptions(asked) },
  );
  const host: HostProcess | undefined = await Promise.race([starting, stopped.promise.then(() => undefined)]);
  // Stopped before the connection was made: nothing is running yet.
  if (host === undefined) process.exit(0);
  await stopped.promise;
  log.info('the host leaves', { host: name });
  await host.leave();
}

endWhenUnread();
const asked = askedBy(process.argv.slice(2));
if (typeof asked === 'number') process.exitCode = asked;
else {
  try {
    await serve(asked);
  } catch (error) {
    const { message, stack } = serializeError(error);
    const text = isMillraceError(error) ? `${error.code}: ${message}` : (stack ?? message);
    process.stderr.write(escapeLines(`${text}\n`));
    process.exitCode = FAILED;
  }
}
