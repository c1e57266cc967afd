// The command line of `millrace-host`. A wrong command line throws commander's error, which the command maps to exit code 2.
import { availableParallelism, hostname } from 'node:os';
import manifest from '@millrace/nats/package.json' with { type: 'json' };
import { messageOf } from '@millrace/core';
import { type DataAddress, isHostName, parseDataAddress } from '@millrace/remote';
import { Command, InvalidArgumentError } from 'commander';
import { type AskedLink, withLinkOptions } from './link-command-line.ts';

/** The request of a command line. */
export interface AskedHost extends AskedLink {
  readonly app: string;
  readonly program: string;
  readonly name: string;
  readonly executors: number;
  readonly listen?: DataAddress;
  readonly advertise?: DataAddress;
  readonly dataCa?: string;
  readonly dataCert?: string;
  readonly dataKey?: string;
  readonly insecureData?: boolean;
}

const EXAMPLES = `
Examples:
  millrace-host --servers nats://a,nats://b,nats://c --app delays --program dist/program.js
  millrace-host --servers nats://localhost --app delays --program dist/program.js --executors 2 --name host-2 \\
    --listen 0.0.0.0:7070 --advertise host-2:7070 --data-ca ca.pem --data-cert host-2.pem --data-key host-2.key

The driver of the application launches executors here, as threads of this process. Program and versions must be those of the
driver. With --listen, executors of other hosts fetch blocks and shuffle outputs directly; otherwise the servers of NATS carry
these as well. Ctrl-C or SIGTERM ends the executors and the process; the driver replaces the executors elsewhere.
Exit codes: 0 ended on request, 2 wrong usage, or the host could not be started.`;

/**
 * Reads a command line, without the names of node and script.
 *
 * @throws commander's `CommanderError`, after commander has printed help or the mistake; `exitCode` is 0 for help.
 */
export function readHostCommandLine(argv: readonly string[]): AskedHost {
  const command = new Command('millrace-host')
    .description('Offers this machine to the driver of a Millrace application, over NATS.')
    .version(manifest.version);
  return withLinkOptions(command)
    .requiredOption('--app <name>', 'the appName of the program')
    .requiredOption('--program <file>', 'the script of the program')
    .option('--executors <number>', 'executors that run at once', wholeNumber, availableParallelism())
    .option('--name <name>', 'the name of this host, unique in the application', hostName, ownName())
    .option('--listen <address>', 'host:port of the data server; port 0 for any free port', dataAddress)
    .option('--advertise <address>', 'host:port under which other hosts reach the data server', dataAddress)
    .option('--data-ca <file>', 'the authority of the certificates of all hosts, for the data server')
    .option('--data-cert <file>', 'the certificate of this host for the data server')
    .option('--data-key <file>', 'the key of that certificate')
    .option('--insecure-data', 'let the data server serve other hosts without TLS')
    .allowExcessArguments(false)
    .exitOverride()
    .showHelpAfterError('(--help lists the options)')
    .addHelpText('after', EXAMPLES)
    .parse([...argv], { from: 'user' })
    .opts<AskedHost>();
}

/** The name of the machine without its domain, with dashes for characters that a name of a host cannot have. */
function ownName(): string {
  const [machine = ''] = hostname().split('.');
  const name = machine.replaceAll(/[^A-Za-z0-9-]/g, '-').slice(0, 64);
  return name === '' ? 'host' : name;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1 || value > 9_999)
    throw new InvalidArgumentError('expected a whole number from 1 to 9,999');
  return value;
}

function dataAddress(text: string): DataAddress {
  try {
    return parseDataAddress(text);
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

function hostName(text: string): string {
  if (!isHostName(text)) throw new InvalidArgumentError('expected 1 to 64 letters, digits and dashes');
  return text;
}
