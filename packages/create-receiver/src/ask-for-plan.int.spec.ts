// The questions of the command, answered by a played user.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLEAR_LINE, CTRL_C, DOWN, ENTER, playUser } from '../../scaffold/test/played-user.ts';
import { createCommand } from './create-receiver-command.ts';

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'create-receiver-'));
  folder = join(parent, 'receiver-wind');
});
afterEach(() => rm(parent, { recursive: true }));

/** The command with a user. */
const person = (...args: readonly string[]) => playUser(createCommand, args);

const read = (path: string) => readFile(join(folder, path), 'utf8');

describe('the prompts', () => {
  it('write a package with the default answers', async () => {
    const { answer, ended, said } = person();
    await answer('Which folder?', CLEAR_LINE, folder, ENTER);
    await answer('What is the package called?', ENTER);
    await answer('And the receiver', ENTER);
    await answer('What does it read?', ENTER);
    await answer('acknowledgements?', ENTER);
    await answer('Under which licence?', ENTER);
    await ended;
    expect(said()).toContain('receiver-wind: 15 files written');
    expect(await read('src/wind.ts')).toContain("ack: 'none',");
    expect(await read('LICENSE')).toContain('Apache License');
  });

  it('write the answers of the user instead', async () => {
    const { answer, ended } = person(folder);
    await answer('What is the package called?', CLEAR_LINE, '@acme/receiver-rain', ENTER);
    await answer('And the receiver', CLEAR_LINE, 'rain-gauge', ENTER);
    await answer('What does it read?', CLEAR_LINE, 'Millimetres', ENTER);
    await answer('acknowledgements?', DOWN, ENTER);
    await answer('Under which licence?', DOWN, ENTER);
    await ended;
    expect(JSON.parse(await read('package.json'))).toMatchObject({
      name: '@acme/receiver-rain',
      description: 'Millimetres',
      license: 'MIT',
    });
    expect(await read('src/rain-gauge.ts')).toContain("ack: 'individual',");
  });

  it('ask again until an answer is valid', async () => {
    const { answer, ended, said } = person('--license', 'MIT', '--acknowledges');
    await answer('Which folder?', CLEAR_LINE, ENTER);
    await answer('expected the folder to write into', folder, ENTER);
    await answer('What is the package called?', CLEAR_LINE, 'Not A Name', ENTER);
    await answer('expected a package name', CLEAR_LINE, '@acme/receiver-wind', ENTER);
    await answer('And the receiver', CLEAR_LINE, 'WindSpeed', ENTER);
    await answer('in kebab case, such as', CLEAR_LINE, 'switch', ENTER);
    await answer('has another meaning in the code', CLEAR_LINE, 'wind-speed', ENTER);
    await answer('What does it read?', CLEAR_LINE, ENTER);
    await answer('expected a description of one line', 'Wind', ENTER);
    await ended;
    expect(said()).toContain('@acme/receiver-wind: 16 files written');
    expect(await read('src/wind-speed.ts')).toContain("name: 'wind-speed',");
  });

  it.each([
    ['Which folder?', 0],
    ['What is the package called?', 1],
    ['And the receiver', 2],
    ['What does it read?', 3],
    ['acknowledgements?', 4],
    ['Under which licence?', 5],
  ])('end at Ctrl-C at %j, and nothing is written', async (question, before) => {
    const { answer, ended, said, shown } = person();
    const questions = ['Which folder?', 'What is', 'And the receiver', 'What does', 'acknowledgements?'];
    for (const [index, earlier] of questions.slice(0, before).entries())
      await answer(earlier, ...(index === 0 ? [CLEAR_LINE, folder, ENTER] : [ENTER]));
    await answer(question, CTRL_C);
    await ended;
    expect(shown()).toContain('nothing was written');
    expect(said()).toBe('');
    expect(await readdir(parent)).toEqual([]);
  });

  it('refuse a folder that is not empty before the next question', async () => {
    const { answer, ended, shown } = person();
    await answer('Which folder?', CLEAR_LINE, join(import.meta.dirname, '..'), ENTER);
    await expect(ended).rejects.toThrow(/is not empty, and contains/);
    expect(shown()).not.toContain('What is the package called?');
  });
});
