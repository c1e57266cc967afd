// From an empty folder to a running durable pipeline: `npm create millrace` and two commands, as a user types them. Then the
// steps of the Dockerfile, and a load with kills.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeadLetter } from '@millrace/core';
import { runCommand } from './command.ts';
import { freePort } from './local-registry.ts';
import { KilledPipeline, type KillReport, type PipelineCommand } from './killed-pipeline.ts';

const NAME = 'my-pipeline';
/** Kills of `npm start`, and of the program in the folder of an image. */
const KILLS = { fromSources: 5, built: 5 } as const;
/** The files that .dockerignore lets through. */
const BUILD_CONTEXT = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'src'];

/** The project and its surroundings. */
export interface CreatedPipelineOptions {
  /** An empty folder. */
  readonly folder: string;
  /** The environment of a user with the local registry. */
  readonly env: NodeJS.ProcessEnv;
  readonly port: number;
  /** The program that checks a Dockerfile, as a script for Node. */
  readonly linter: string;
}

/** The letters in the output of `millrace dead-letters list --json`. */
function lettersOf(output: string): readonly DeadLetter[] {
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => (JSON.parse(line) as { readonly letter: DeadLetter }).letter);
}

/** The project of `npm create millrace`. */
export class CreatedPipeline {
  readonly #options: CreatedPipelineOptions;
  readonly #project: string;
  readonly #image: string;

  constructor(options: CreatedPipelineOptions) {
    this.#options = options;
    this.#project = join(options.folder, NAME);
    this.#image = join(options.folder, 'image');
  }

  /** `npm create millrace`, and `npm install`. */
  async create(): Promise<void> {
    const { folder, port } = this.#options;
    mkdirSync(folder);
    await this.#run(['npm', 'create', 'millrace@latest', NAME, '--', '--port', `${port}`, '--yes'], folder);
    await this.#run(['npm', 'install'], this.#project);
  }

  /** The scripts of the project, unchanged. */
  async check(): Promise<void> {
    for (const script of ['check', 'test', 'build']) await this.#run(['npm', 'run', script], this.#project);
    await this.#run(['npx', 'millrace', '--version'], this.#project);
  }

  /** The Dockerfile is well-formed, and its steps make a folder that runs; Docker itself is not needed. */
  async buildImage(): Promise<void> {
    const dockerfile = join(this.#project, 'Dockerfile');
    await this.#run(['node', this.#options.linter, 'lint', dockerfile], this.#project);
    const steps = [...readFileSync(dockerfile, 'utf8').matchAll(/^RUN (npm .*)$/gm)].map(
      ([, step = '']) => step,
    );
    assert.equal(steps.length, 2, 'steps of the Dockerfile');
    const build = join(this.#options.folder, 'build');
    mkdirSync(build);
    for (const name of BUILD_CONTEXT)
      cpSync(join(this.#project, name), join(build, name), { recursive: true });
    for (const step of steps) await this.#run(['sh', '-c', step], build);
    mkdirSync(this.#image);
    for (const name of ['node_modules', 'dist', 'package.json']) {
      cpSync(join(build, name), join(this.#image, name), { recursive: true, verbatimSymlinks: true });
    }
  }

  /** `npm start` under load, killed again and again; then the program of the image on the same data. */
  async surviveKills(): Promise<KillReport> {
    const { env, port } = this.#options;
    const data = join(this.#project, 'data');
    const fromSources: PipelineCommand = { line: ['npm', 'start'], cwd: this.#project, env };
    const dashboard = await freePort();
    const built: PipelineCommand = {
      line: ['node', '--max-old-space-size=320', 'dist/main.js'],
      cwd: this.#image,
      env: {
        ...env,
        NODE_ENV: 'production',
        PORT: `${port}`,
        DASHBOARD_PORT: `${dashboard}`,
        DATA_DIR: data,
      },
    };
    const pipeline = new KilledPipeline(port);
    for (let kill = 0; kill < KILLS.fromSources; kill += 1) await pipeline.liveAndDie(fromSources);
    for (let kill = 0; kill < KILLS.built; kill += 1) await pipeline.liveAndDie(built);
    await pipeline.finish(built, async () => {
      const status = await this.#run(
        ['node_modules/.bin/millrace', 'status', `http://127.0.0.1:${dashboard}`],
        this.#image,
      );
      assert.match(status, /^(?:GOOD|WARNING|LIMITED)[^]*: active for/, 'verdict of the running pipeline');
      const page = await (await fetch(`http://127.0.0.1:${dashboard}/`)).text();
      assert.match(page, /<title>/, 'page of the dashboard');
    });
    const locks = await this.#run(['npx', 'millrace', 'unlock', 'data'], this.#project);
    assert.match(locks, /^no locks in data$/m, 'locks after a stop in order');
    const letters = await this.#run(
      ['npx', 'millrace', 'dead-letters', 'list', 'data/dead-letters', '--json'],
      this.#project,
    );
    const report = pipeline.report(data, lettersOf(letters));
    assert.deepEqual(report.lost, [], 'answered readings that are not in the results');
    assert.deepEqual(report.doubled, [], 'readings that are in the results more than once');
    assert.deepEqual(
      report.wrongLetters,
      [],
      'requests whose bad reading is not once among the dead letters',
    );
    assert.ok(report.answered > report.kills, 'requests were answered in every life');
    return report;
  }

  #run(line: readonly [string, ...(readonly string[])], cwd: string): Promise<string> {
    return runCommand({ line, cwd, env: this.#options.env });
  }
}
