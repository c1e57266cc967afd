// Checks that installing the package runs no code. Install scripts are a common way of supply-chain attacks, and many
// installations refuse packages with install scripts.
import type { PluginCheck, Problem } from '../plugin-check.ts';

const INSTALL_SCRIPTS = [
  'preinstall',
  'install',
  'postinstall',
  'preuninstall',
  'uninstall',
  'postuninstall',
];

/** `install-scripts`: installing runs nothing. */
export const SCRIPT_CHECK: PluginCheck = {
  id: 'install-scripts',
  title: 'installing the package runs nothing',
  find: ({ manifest, files }) => {
    const problems: Problem[] = INSTALL_SCRIPTS.filter((name) => name in manifest.scripts).map(
      (name) => `scripts.${name} runs on the machine of every user at installation: remove the script`,
    );
    if (files.includes('binding.gyp'))
      problems.push('binding.gyp makes npm compile at installation: remove the file');
    return problems;
  },
};
