// What engines under measurement have in common: no log, and a clock that is moved by hand where a suite wants it.
import {
  pluginModule,
  Clock,
  definePlugin,
  Logger,
  type ManualClock,
  NoopLogger,
  noOptions,
} from '@millrace/core';

/** Keeps an engine quiet. */
export const quiet = definePlugin({
  name: 'bench-quiet',
  version: '1.0.0',
  contract: 1,
  provides: [Logger],
  optionsSchema: noOptions,
  module: () => pluginModule((bind) => void bind(Logger).toConstantValue(new NoopLogger())),
});

/** Gives an engine this clock. */
export function clockedBy(clock: ManualClock) {
  return definePlugin({
    name: 'bench-clock',
    version: '1.0.0',
    contract: 1,
    provides: [Clock],
    optionsSchema: noOptions,
    module: () => pluginModule((bind) => void bind(Clock).toConstantValue(clock)),
  })();
}
