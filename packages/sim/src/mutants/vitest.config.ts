// Runs the tests of the repository with a defective engine: `MILLRACE_MUTANT` names the mutant.
import { mergeConfig } from 'vitest/config';
import repository from '../../../../vitest.config.ts';
import { applyChange } from '../source-patches.ts';
import { patchesOf } from './index.ts';

const patches = patchesOf(process.env['MILLRACE_MUTANT']);

/** Configures vitest. */
export default mergeConfig(repository, {
  // A cache would pass a mutated module to a run with another mutant, or with none.
  test: { fsModuleCache: false },
  plugins: [
    {
      name: 'millrace-mutant',
      enforce: 'pre',
      transform: (code: string, id: string): string | undefined => {
        const [path = ''] = id.split('?');
        const own = patches.filter(({ file }) => path.endsWith(`/${file}`));
        return own.length === 0 ? undefined : own.reduce(applyChange, code);
      },
    },
  ],
});
