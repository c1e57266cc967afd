// The time for assembling an engine, beside the same number of bare bindings in the same container. Assembly happens
// once per process or test; the suite limits the cost of a plugin.
import { pluginModule, Clock, definePlugin, ManualClock, noOptions } from '@millrace/core';
import { assemblePorts } from '@millrace/core/engine';
import { localityScheduling } from '@millrace/scheduling';
import { fileWriteAheadLog } from '@millrace/wal';
import { Container } from 'inversify';
import type { BenchSuite, BenchWorkload } from '../runner/suite.ts';
import { repeated, repeatedCase } from './repeated-case.ts';

const MILLRACE = 'assemblePorts';
const BARE = 'bare container';
const EACH = 10;

const manualClock = definePlugin({
  name: 'bench-clock',
  version: '1.0.0',
  contract: 1,
  provides: [Clock],
  optionsSchema: noOptions,
  module: () => pluginModule((bind) => void bind(Clock).toConstantValue(new ManualClock())),
});

/** The suite `assembly`. */
export const assemblySuite: BenchSuite = {
  name: 'assembly',
  purpose: 'rate of assembling engines, beside a bare container with as many bindings',
  unit: 'engines',
  contenders: 2,
  workloads: [
    benchWorkload('no plugin', () => []),
    benchWorkload('three plugins', () => [
      manualClock(),
      fileWriteAheadLog({ directory: 'unused' }),
      localityScheduling(),
    ]),
  ],
};

function benchWorkload(name: string, plugins: () => Parameters<typeof assemblePorts>[0]): BenchWorkload {
  const count = assemblePorts(plugins()).bindings.length;
  return {
    name: `${name}, ${count} bindings`,
    makeCases: () => [
      repeatedCase(MILLRACE, EACH, () => repeated(EACH, () => assemblePorts(plugins()).bindings.length)),
      repeatedCase(BARE, EACH, () => repeated(EACH, () => bareContainer(count))),
    ],
    budgets: [{ contender: MILLRACE, against: BARE }],
  };
}

/** Each binding depends on the previous one. */
function bareContainer(count: number): number {
  const container = new Container({ defaultScope: 'Singleton' });
  const tokens = Array.from({ length: count }, (_, at) => Symbol.for(`bench-${at}`));
  tokens.forEach((token, at) => {
    const before = tokens[at - 1];
    if (before === undefined) container.bind<number>(token).toResolvedValue(() => 1);
    else container.bind<number>(token).toResolvedValue((value: number) => value + 1, [before]);
  });
  return container.get<number>(tokens.at(-1) ?? '');
}
