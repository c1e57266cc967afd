// The texts of the package for a reader: purpose, first steps, and licence. The package contains no files that were not
// meant for publication.
import type { PluginCheck, Problem } from '../plugin-check.ts';
import type { PluginTarball } from '../plugin-tarball.ts';

/** `licence`: a licence in the manifest, and its text. */
export const LICENSE_CHECK: PluginCheck = {
  id: 'licence',
  title: 'the package has a licence, and its text',
  find: ({ manifest: { license }, files }) => {
    const problems: Problem[] = [];
    if (!/^[A-Za-z0-9.+() -]+$/.test(license) || /^(?:unlicensed|see license in .*)$/i.test(license)) {
      problems.push(
        `expected the SPDX name of a licence in the manifest, such as "Apache-2.0", got "${license}"`,
      );
    }
    if (!files.some((file) => /^licen[cs]e(?:\.(?:md|txt))?$/i.test(file))) {
      problems.push('there is no LICENSE file: add the text of the licence');
    }
    return problems;
  },
};

/** `readme`: a README with the first steps. */
export const README_CHECK: PluginCheck = {
  id: 'readme',
  title: 'the README explains installation and first steps',
  find: (plugin) => {
    const { name } = plugin.manifest;
    const text = readmeOf(plugin);
    if (text === undefined)
      return ['there is no README.md: describe the purpose, the options and the guarantees'];
    const problems: Problem[] = [];
    if (!text.includes(name))
      problems.push(`the README never names ${name}: show how to install and import it`);
    if (!/```(?:ts|typescript|js|javascript)\b/.test(text)) {
      problems.push('the README has no code: show the shortest program with the plugin');
    }
    return problems;
  },
};

/** `files`: only files for users. */
export const FILES_CHECK: PluginCheck = {
  id: 'files',
  title: 'only files for users are packed',
  find: ({ files }) =>
    files
      .filter((file) =>
        /(?:^|\/)(?:\.env(?:\..*)?|\.npmrc|\.git|node_modules|.*\.(?:pem|key|tsbuildinfo))(?:\/|$)/.test(
          file,
        ),
      )
      .map((file) => `${file} is packed: name the published files in "files", and leave this file out`),
};

/** The text of the README, under a name in any case. */
export function readmeOf({ files, text }: Pick<PluginTarball, 'files' | 'text'>): string | undefined {
  const file = files.find((name) => /^readme\.md$/i.test(name));
  return file === undefined ? undefined : text(file);
}
