// Plugins shared by engines under measurement: no log output, and a manual clock where a suite needs one.
import {
  pluginModule,
  Clock,
  definePlugin,
  Logger,
  type ManualClock,
  NoopLogger,
  noOptions,
} from '@millrace/core';

/** Silences an engine. */
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
