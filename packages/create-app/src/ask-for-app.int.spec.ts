// The questions of the command, answered by a played user.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLEAR_LINE, CTRL_C, ENTER, playUser } from '../../scaffold/test/played-user.ts';
import { createCommand } from './create-app-command.ts';

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'create-app-'));
  folder = join(parent, 'sensors');
});
afterEach(() => rm(parent, { recursive: true }));

/** The command with a user. */
const person = (...args: readonly string[]) => playUser(createCommand, args);

const read = (path: string) => readFile(join(folder, path), 'utf8');

describe('the prompts', () => {
  it('write a project with the default answers', async () => {
    const { answer, ended, said } = person();
    await answer('Which folder?', CLEAR_LINE, folder, ENTER);
    await answer('What is the project called?', ENTER);
    await answer('Which port takes records?', ENTER);
    await ended;
    expect(said()).toContain('sensors: 17 files written');
    expect(await read('.env')).toContain('PORT=8080\n');
  });

  it('ask again until an answer is valid', async () => {
    const { answer, ended } = person(folder);
    await answer('What is the project called?', CLEAR_LINE, 'My App', ENTER);
    await answer('expected a package name', CLEAR_LINE, '@acme/a..b', ENTER);
    await answer('letters, digits and single hyphens', CLEAR_LINE, '@acme/wind', ENTER);
    await answer('Which port takes records?', CLEAR_LINE, '99999', ENTER);
    await answer('expected a port', CLEAR_LINE, '9000', ENTER);
    await ended;
    expect(JSON.parse(await read('package.json'))).toMatchObject({ name: '@acme/wind' });
    expect(await read('compose.yaml')).toContain("'127.0.0.1:9000:9000'");
  });

  it.each([
    ['Which folder?', 0],
    ['What is the project called?', 1],
    ['Which port takes records?', 2],
  ])('end at Ctrl-C at %j, and nothing is written', async (question, before) => {
    const { answer, ended, said, shown } = person();
    const questions = ['Which folder?', 'What is the project called?'];
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
    expect(shown()).not.toContain('What is the project called?');
  });
});
