// A receiver package as the guide to receivers makes it: the files of the template, the reading code of a client library, the
// results of the conformance kit, and npm packing it all with the scripts of the manifest.
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  type ConformanceReport,
  RECEIVER_KIT,
  type ReceiverSubject,
  renderReport,
  runKit,
  sourceDigest,
} from '@millrace/testing/conformance';
import type { CheckOutcome } from '../src/plugin-check.ts';
import { openPlugin } from '../src/plugin-tarball.ts';
import { validatePlugin } from '../src/validate-plugin.ts';

const packages = fileURLToPath(new URL('../..', import.meta.url));
const template = join(packages, 'create-receiver/template');
const acknowledging = join(packages, 'create-receiver/template-acknowledging/src/acknowledging-receiver.ts');
/** Inside the tree, so that npm finds the compiler and the compiler finds the packages. */
const written = join(packages, 'plugin/.clients');

type Json = Readonly<Record<string, unknown>>;

/** The package of `test/clients/NAME`. */
export class ClientPackage {
  readonly #name: string;
  readonly #folder: string;
  readonly #dependencies: Readonly<Record<string, string>>;

  /** @param dependencies The client libraries with their ranges. */
  constructor(name: string, dependencies: Readonly<Record<string, string>> = {}) {
    this.#name = name;
    this.#folder = join(written, name);
    this.#dependencies = dependencies;
  }

  /** Writes the files. */
  async write(): Promise<void> {
    await this.remove();
    await mkdir(this.#folder, { recursive: true });
    await cp(fileURLToPath(new URL(`clients/${this.#name}`, import.meta.url)), this.#folder, {
      recursive: true,
    });
    if ((await readdir(join(this.#folder, 'src'))).includes('acknowledging-receiver.ts'))
      await cp(acknowledging, join(this.#folder, 'src/acknowledging-receiver.ts'));
    await cp(join(packages, '../LICENSE'), join(this.#folder, 'LICENSE'));
    await cp(join(template, 'tsconfig.build.json'), join(this.#folder, 'tsconfig.build.json'));
    const config = await this.#templateJson('_tsconfig.json');
    // In the tree the packages are sources; a reader installs published packages.
    const compilerOptions = { ...(config['compilerOptions'] as Json), customConditions: ['millrace:source'] };
    await this.#writeJson('tsconfig.json', { ...config, compilerOptions });
    const manifest = await this.#templateJson('_package.json');
    const dependencies = { ...(manifest['dependencies'] as Json), ...this.#dependencies };
    const about = { name: `@acme/receiver-${this.#name}`, description: 'A receiver on a client library' };
    await this.#writeJson('package.json', { ...manifest, ...about, dependencies });
  }

  /** Runs the conformance kit, and puts the results into the package. `more` are arguments of the subject. */
  async prove(...more: readonly unknown[]): Promise<ConformanceReport> {
    const module = pathToFileURL(join(this.#folder, 'test/subject.ts')).href;
    const { subject } = (await import(module)) as {
      readonly subject: (module: string, ...args: readonly unknown[]) => ReceiverSubject;
    };
    const made = subject(module, ...more);
    const checks = await runKit(RECEIVER_KIT, made);
    const { port, version: kitVersion, spec, notCheckable } = RECEIVER_KIT;
    const run = { port, name: made.name ?? port, kitVersion, spec, checks, notCheckable };
    const { name, version } = JSON.parse(await this.#read('package.json')) as {
      name: string;
      version: string;
    };
    const files = (await readdir(join(this.#folder, 'src'))).map((file) => `src/${file}`);
    const sources = await Promise.all(files.map(async (path) => ({ path, text: await this.#read(path) })));
    const report = { package: name, version, runs: [{ ...run, sources: sourceDigest(sources) ?? '' }] };
    await this.#writeJson('conformance.json', report);
    await writeFile(
      join(this.#folder, 'README.md'),
      `${await this.#read('README.md')}\n${renderReport(report)}\n`,
    );
    return report;
  }

  /** Packs the package, and runs every check of `millrace-plugin validate`. */
  async validate(): Promise<readonly CheckOutcome[]> {
    return await validatePlugin(await openPlugin(this.#folder));
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  #read(path: string): Promise<string> {
    return readFile(join(this.#folder, path), 'utf8');
  }

  async #templateJson(file: string): Promise<Json> {
    return JSON.parse(await readFile(join(template, file), 'utf8')) as Json;
  }

  #writeJson(file: string, value: unknown): Promise<void> {
    return writeFile(join(this.#folder, file), JSON.stringify(value, undefined, 2));
  }
}
