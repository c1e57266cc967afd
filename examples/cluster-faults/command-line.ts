// The options of `npm run cluster-faults`.
import { Command, InvalidArgumentError } from 'commander';

/** The options of the command. */
export interface FaultsOptions {
  /** The number of runs. */
  readonly seeds: number;
  /** The seed of the first run; the others follow. */
  readonly from: number;
  /** The number of faults of a run. */
  readonly faults: number;
}

/** Reads the command line. Help and mistakes are printed, and then end the process. */
export function readCommandLine(argv: readonly string[]): FaultsOptions {
  return new Command('npm run cluster-faults --')
    .description(
      'Runs a cluster of three machines, as network namespaces of this one, once for each seed. Parts are killed, paused and cut off ' +
        'each other, links become slow, and the command checks that every record is in the results. It prints the times without ' +
        'results as a table.',
    )
    .option('--seeds <number>', 'the number of runs, of about a minute each', whole, 30)
    .option(
      '--from <number>',
      'the first seed; a seed decides the kinds of faults, victims and instants',
      whole,
      1,
    )
    .option('--faults <number>', 'the number of faults of a run', whole, 3)
    .addHelpText(
      'after',
      '\nNeeds Linux, root, the commands ip, bridge and tc of iproute2, and NATS (tools/servers/nats.sh install).\n' +
        'Ctrl-C removes everything and prints the table of the runs until then.\n' +
        'Exit codes: 0 all records are right; 1 a mismatch or an error; 2 wrong usage, or not possible here; 130 Ctrl-C.\n' +
        'A time above its goal changes no exit code: the load of the machine is printed beside the table.',
    )
    .allowExcessArguments(false)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .showHelpAfterError('(--help lists the options)')
    .parse([...argv])
    .opts<FaultsOptions>();
}

function whole(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1 && value <= 86_400) return value;
  throw new InvalidArgumentError('expected a whole number from 1 to 86,400');
}
