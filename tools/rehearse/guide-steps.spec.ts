import { describe, expect, it } from 'vitest';
import { guideApplications, guideScript, guideSteps } from './guide-steps.ts';

const GUIDE = [
  'Begin:',
  '```sh',
  'mkdir a',
  'cd a',
  '```',
  'Only to read:',
  '```ts',
  'no();',
  '```',
  '```text',
  'what it prints',
  '```',
  '```ts application',
  'use();',
  '```',
  '```ts file=src/b.ts',
  "const price = '$1';",
  '```',
  '```sh',
  'cat src/b.ts',
  '```',
  '',
].join('\n');

describe('a guide', () => {
  it('consists of its shell blocks and its files, in order', () => {
    expect(guideSteps(GUIDE)).toEqual([
      { kind: 'commands', text: 'mkdir a\ncd a\n' },
      { kind: 'file', path: 'src/b.ts', text: "const price = '$1';\n" },
      { kind: 'commands', text: 'cat src/b.ts\n' },
    ]);
  });

  it('has applications, which are not steps', () => {
    expect(guideApplications(GUIDE)).toEqual(['use();\n']);
  });

  it('is one script, in which a folder applies from step to step and files are written unchanged', () => {
    const script = guideScript(guideSteps(GUIDE));
    expect(script.indexOf('\ncd a\n')).toBeLessThan(script.indexOf("cat > 'src/b.ts' <<'GUIDE_FILE'"));
    expect(script).toContain("const price = '$1';\nGUIDE_FILE\n");
  });
});
