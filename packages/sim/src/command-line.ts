// The command line of `millrace-sim`: names, options, help.
import { Command, InvalidArgumentError, Option } from 'commander';
import { MUTANTS } from './mutants/index.ts';
import { wholeNumber } from './whole-number.ts';
import { CLUSTER_FAULT_KINDS } from './cluster/cluster-plan.ts';
import { FAULT_KINDS } from './plan.ts';
import { WORLD_KINDS, type WorldKindName } from './world-kind.ts';

/** The parsed command line. */
export interface Asked {
  readonly world: WorldKindName;
  readonly seeds?: number;
  readonly hours?: number;
  readonly from: number;
  readonly seed?: string;
  readonly plan?: string;
  readonly fault?: readonly string[];
  readonly jobs: number;
  readonly mutant?: string;
  readonly broken: boolean;
  readonly force?: object;
  readonly shrink: boolean;
  readonly coverage: boolean;
  readonly failures: number;
  readonly trace: boolean;
}

const EXAMPLES = `
Examples:
  millrace-sim --seeds 2000 --jobs 2        seeds 1 to 2000
  millrace-sim --hours 8 --jobs 4           as many seeds as fit into eight hours
  millrace-sim --seed 1234 --trace          one seed again, with every line of its log
  millrace-sim --seed 1234 --shrink         the smallest plan that breaks the same promise
  millrace-sim --plan failing.json          a plan from a file
  millrace-sim --fault power-loss --fault disk-failure --seeds 100
  millrace-sim --world cluster --seeds 500  two drivers, servers of NATS and hosts, in memory
  millrace-sim --broken --seeds 20          a deliberately broken program: must fail

A run is a function of its seed and of the commit.
Exit codes: 0 every promise held, 1 a promise was broken, 2 usage, 3 some faults or states were not reached
(--coverage), 130 interrupted.`;

/** Reads a command line. @throws commander's `CommanderError` after printing the help or the error. */
export function readCommandLine(argv: readonly string[]): Asked {
  const program = new Command('millrace-sim')
    .description('Runs whole engines under virtual time with many kinds of faults, and checks every promise.')
    .addOption(
      new Option('--world <kind>', 'one machine with one driver, or a cluster with two')
        .choices(WORLD_KINDS)
        .default('machine'),
    )
    .option('--seeds <count>', 'number of seeds; default 200, or as many as fit into --hours', wholeNumber)
    .option('--hours <hours>', 'duration, in hours of real time', positive)
    .option('--from <seed>', 'the first seed, a number', wholeNumber, 1)
    .option('--seed <seed>', 'one seed, with its draws')
    .option('--plan <file>', 'one plan from a JSON file')
    .option('--fault <kind...>', 'only these faults, in every seed; default: drawn')
    .option('--jobs <count>', 'number of parallel processes', wholeNumber, 1)
    .addOption(
      new Option('--mutant <name>', 'an engine with one defect').choices(MUTANTS.map(({ name }) => name)),
    )
    .option('--force <json>', 'parts of every plan, for instance {"executors":2}', parsed)
    .option('--broken', 'a program that loses records deliberately', false)
    .option('--shrink', 'reduce a failing seed to a smaller plan', false)
    .option('--coverage', 'fail unless every fault and every state was reached', false)
    .option('--failures <count>', 'stop after this number of failing seeds', wholeNumber, 10)
    .option('--trace', 'with --seed or --plan: print every line of the log', false)
    .exitOverride()
    .showHelpAfterError('(--help lists the commands)')
    .addHelpText('after', EXAMPLES);
  program.parse([...argv], { from: 'user' });
  const asked = program.opts<Asked>();
  const known: readonly string[] = asked.world === 'cluster' ? CLUSTER_FAULT_KINDS : FAULT_KINDS;
  const unknown = asked.fault?.find((kind) => !known.includes(kind));
  if (unknown !== undefined)
    program.error(
      `error: the world ${asked.world} has no fault ${unknown}. Allowed choices are ${known.join(', ')}.`,
    );
  return asked;
}

function parsed(value: string): object {
  try {
    return JSON.parse(value) as object;
  } catch {
    throw new InvalidArgumentError('expected JSON.');
  }
}

function positive(value: string): number {
  const number = Number(value);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new InvalidArgumentError('expected a number above 0.');
}
