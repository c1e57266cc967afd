// The stages of a rehearsal, in order: each stage uses the results of the previous stage in the temporary folder.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from './command.ts';
import { guideApplications, guideScript, guideSteps } from './guide-steps.ts';
import type { LocalRegistry } from './local-registry.ts';
import { commitCopy, packagesOf, withoutProvenance, type WorkspacePackage } from './working-copy.ts';

const GUIDE = 'docs/guides/write-a-receiver.md';
/** The output of the application: see application/main.ts. */
const EXPECTED = 'contract 1: be 2, not 1, or 1, to 2\n';
const ALONE = '@millrace/receiver-socket';
/** The package that the guide makes, and its folder there. */
const OF_GUIDE = { packageName: '@acme/receiver-sensors', folder: 'receiver-sensors' } as const;

/** The folders of a rehearsal. */
export interface RehearsalPlaces {
  /** The tree; only read. */
  readonly root: string;
  /** The copy of the tree. */
  readonly copy: string;
  readonly temporary: string;
  readonly registry: LocalRegistry;
}

/** A rehearsal. */
export class Rehearsal {
  readonly #places: RehearsalPlaces;
  readonly #env: NodeJS.ProcessEnv;
  readonly #application: string;
  readonly #guide: string;

  constructor(places: RehearsalPlaces) {
    this.#places = places;
    this.#env = environment(places);
    this.#application = join(places.temporary, 'application');
    this.#guide = join(places.temporary, 'guide');
  }

  /** The environment of a user with the local registry. */
  get env(): NodeJS.ProcessEnv {
    return this.#env;
  }

  /** `changeset version`: every package with a changeset has a new version. */
  async version(): Promise<void> {
    const { copy } = this.#places;
    withoutProvenance(copy);
    commitCopy(copy);
    await this.#run(['changeset', 'version'], copy);
    const unborn = this.#public().filter(({ version }) => version === '0.0.0');
    assert.deepEqual(unborn, [], 'packages without a version: they need a changeset');
  }

  /** `changeset publish`. Returns the published packages. */
  async publish(): Promise<readonly string[]> {
    const { copy, registry } = this.#places;
    await this.#run(['node', 'scripts/release.mjs', '--no-git-tag'], copy);
    for (const { name, version, isPrivate } of packagesOf(copy)) {
      const expected = isPrivate ? [] : [version];
      assert.deepEqual(await registry.versionsOf(name), expected, `published versions of ${name}`);
    }
    return this.#public().map(({ name, version }) => `${name}@${version}`);
  }

  /** The first steps of a user. */
  async useInEmptyFolder(): Promise<void> {
    const { root } = this.#places;
    await this.#makeApplication(this.#application);
    await this.#install(this.#application, ['@millrace/core', '@millrace/engine', ALONE]);
    cpSync(join(root, 'tools', 'rehearse', 'application'), this.#application, { recursive: true });
    await this.#runApplication();
  }

  /** A corrected receiver reaches the application without any other package. */
  async publishOneAlone(): Promise<void> {
    const { copy, registry } = this.#places;
    const before = this.#public();
    const changeset = `---\n'${ALONE}': patch\n---\n\nMended.\n`;
    writeFileSync(join(copy, '.changeset', 'one-alone.md'), changeset);
    await this.#run(['changeset', 'version'], copy);
    const changed = this.#public().filter(
      ({ name, version }) => before.find((other) => other.name === name)?.version !== version,
    );
    assert.deepEqual(
      changed.map(({ name }) => name),
      [ALONE],
      'packages with a new version',
    );
    await this.#run(['node', 'scripts/release.mjs', '--no-git-tag'], copy);
    for (const { name } of before) {
      const { length } = await registry.versionsOf(name);
      assert.equal(length, name === ALONE ? 2 : 1, `number of published versions of ${name}`);
    }
    await this.#install(this.#application, [`${ALONE}@${changed[0]?.version}`]);
    await this.#runApplication();
  }

  /** Executes the guide. */
  async followGuide(): Promise<void> {
    mkdirSync(this.#guide);
    const markdown = this.#guideText();
    const script = join(this.#places.temporary, 'guide.sh');
    writeFileSync(script, guideScript(guideSteps(markdown)));
    // The guide installs, builds and tests several packages: minutes on a busy machine.
    const line = ['bash', script] as const;
    await runCommand({ line, cwd: this.#guide, env: this.#env, timeoutMs: 900_000 });
    assert.deepEqual(await this.#places.registry.versionsOf(OF_GUIDE.packageName), ['0.1.0']);
  }

  /** The guide's application compiles; its example runs, with the package from the registry in place of its sources. */
  async useReceiverOfGuide(): Promise<void> {
    await this.#install(this.#application, [OF_GUIDE.packageName]);
    const example = readFileSync(join(this.#guide, OF_GUIDE.folder, 'example', 'main.ts'), 'utf8');
    const program = example.replaceAll("'../src/index.ts'", `'${OF_GUIDE.packageName}'`);
    assert.notEqual(program, example, 'the example does not import its package');
    writeFileSync(join(this.#application, 'main.ts'), program);
    guideApplications(this.#guideText()).forEach((text, index) => {
      writeFileSync(join(this.#application, `guide-${index}.ts`), text);
    });
    assert.match(await this.#checkAndRun(), /^10 records$/m);
  }

  #guideText(): string {
    return readFileSync(join(this.#places.root, GUIDE), 'utf8');
  }

  async #runApplication(): Promise<void> {
    assert.equal(await this.#checkAndRun(), EXPECTED);
  }

  async #checkAndRun(): Promise<string> {
    await this.#run(['npx', 'tsc', '-p', 'tsconfig.json'], this.#application);
    // The engine's log goes to standard error.
    return await this.#run(['node', 'main.ts'], this.#application);
  }

  async #makeApplication(folder: string): Promise<void> {
    const { devDependencies: tools } = JSON.parse(
      readFileSync(join(this.#places.root, 'package.json'), 'utf8'),
    ) as { readonly devDependencies: Readonly<Record<string, string>> };
    mkdirSync(folder);
    await this.#run(['npm', 'init', '-y'], folder);
    await this.#run(['npm', 'pkg', 'set', 'type=module'], folder);
    await this.#install(folder, [`typescript@${tools['typescript']}`, `@types/node@${tools['@types/node']}`]);
  }

  async #install(cwd: string, packages: readonly string[]): Promise<void> {
    await this.#run(['npm', 'install', ...packages], cwd);
  }

  #public(): readonly WorkspacePackage[] {
    return packagesOf(this.#places.copy).filter(({ isPrivate }) => !isPrivate);
  }

  #run(line: readonly [string, ...(readonly string[])], cwd: string): Promise<string> {
    return runCommand({ line, cwd, env: this.#env });
  }
}

/** The environment of a user who has only configured the local registry: no setting of this repository may help. */
function environment({ root, temporary, registry }: RehearsalPlaces): NodeJS.ProcessEnv {
  const userconfig = join(temporary, 'npmrc');
  const host = registry.url.replace(/^http:/, '');
  // npm requires a token before publishing; the registry accepts any token.
  writeFileSync(userconfig, `registry=${registry.url}\n${host}:_authToken=rehearsal\n`);
  const others = Object.entries(process.env).filter(
    ([name]) => !/^(?:npm_|node_options$|init_cwd$)/i.test(name),
  );
  const bin = join(root, 'node_modules', '.bin');
  return {
    ...Object.fromEntries(others),
    PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
    CI: 'true',
    // Nothing leaves this machine, so the development binary of Node may publish.
    MILLRACE_RELEASE_NODE: process.execPath,
    npm_config_userconfig: userconfig,
    npm_config_cache: join(temporary, 'npm-cache'),
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    npm_config_yes: 'true',
  };
}
