// What runs when somebody installs the package: nothing. An install script is how supply chains are attacked, and many
// installations refuse them.
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
      (name) => `scripts.${name} runs on the machine of whoever installs it: take it out`,
    );
    if (files.includes('binding.gyp'))
      problems.push('binding.gyp makes npm compile at installation: take it out');
    return problems;
  },
};
