// The options of `npm run cluster-demo`.
import { Command, InvalidArgumentError } from 'commander';

/** The options of the command. */
export interface DemoOptions {
  /** Decides the order of faults and their victims. */
  readonly seed: number;
  /** The time for faults, in seconds; a fault that has begun is watched to its end. */
  readonly seconds: number;
}

/** Reads the command line. Help and mistakes are printed, and then end the process. */
export function readCommandLine(argv: readonly string[]): DemoOptions {
  return new Command('npm run cluster-demo --')
    .description(
      'Three machines, as network namespaces of this one, each with a server of NATS; two drivers and two hosts. A program writes ' +
        'flights to a server over HTTP, the command kills parts of the cluster and prints how long results were missing.',
    )
    .option('--seed <number>', 'decides the order of faults and their victims', whole, 1)
    .option('--seconds <number>', 'the time for faults; four kinds of faults take 100', whole, 100)
    .addHelpText(
      'after',
      '\nNeeds Linux, root, the command ip of iproute2 and NATS (tools/servers/nats.sh install).\n' +
        'Exit codes: 0 every flight is in the results once, or Ctrl-C; 1 a mismatch or an error; 2 wrong usage, or not possible here.',
    )
    .allowExcessArguments(false)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .showHelpAfterError('(--help lists the options)')
    .parse([...argv])
    .opts<DemoOptions>();
}

function whole(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1 && value <= 86_400) return value;
  throw new InvalidArgumentError('expected a whole number from 1 to 86,400');
}
