import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expandTemplate, parseCommand, readCustomCommands } from './custom.ts';
import { nearest, parseSlash, suggestions } from './table.ts';

describe('a slash line', () => {
  test('is a call with an argument, everything else is a prompt', () => {
    expect(parseSlash('/login openai')).toEqual({ name: 'login', argument: 'openai' });
    expect(parseSlash(' /help ')).toEqual({ name: 'help', argument: '' });
    expect(parseSlash('what does /help do?')).toBeUndefined();
    expect(parseSlash('/')).toEqual({ name: '', argument: '' });
  });

  test('completes names and arguments', () => {
    const values = (command: string) =>
      command === 'login'
        ? [
            { text: 'openai', detail: 'OpenAI' },
            { text: 'groq', detail: 'Groq' },
          ]
        : [];
    const texts = (line: string, own: string[] = []): string[] =>
      suggestions(
        line,
        own.map((name) => ({ name, description: 'mine' })),
        values,
      ).map(({ text }) => text);
    expect(texts('/lo', ['look'])).toEqual(['/login', '/logout', '/look']);
    expect(texts('/login o')).toEqual(['/login openai', '/login groq']);
    expect(texts('/login GR')).toEqual(['/login groq']);
    expect(texts('hello')).toEqual([]);
    expect(suggestions('/look', [{ name: 'look', description: 'mine' }], values)).toEqual([{ text: '/look', detail: 'mine' }]);
  });

  test.each([
    ['hlep', 'help'],
    ['modle', 'model'],
    ['cst', 'cost'],
    ['lgout', 'logout'],
    ['stat', 'status'],
    ['zzz', undefined],
    ['', undefined],
  ])('%j is near %j', (typed, near) => {
    expect(nearest(typed, ['help', 'model', 'cost', 'logout', 'status'])).toBe(near);
  });
});

describe('custom commands', () => {
  test('fill in their arguments', () => {
    expect(expandTemplate('Look at $1, then $ARGUMENTS.', 'src and more')).toBe('Look at src, then src and more.');
    expect(expandTemplate('Only this.', 'more')).toBe('Only this.\n\nmore');
    expect(parseCommand('---\ndescription: "short"\n---\nBody \u001b[2J')).toEqual({ description: 'short', template: 'Body' });
  });

  test('come from both folders; no link, no large file, no built-in name', async () => {
    const root = await mkdtemp(join(tmpdir(), 'mogplex-commands-'));
    const own = join(root, 'home', 'commands');
    const project = join(root, 'repo', '.agents', 'commands');
    await mkdir(own, { recursive: true });
    await mkdir(project, { recursive: true });
    await writeFile(join(own, 'both.md'), 'mine');
    await writeFile(join(project, 'both.md'), 'theirs');
    await writeFile(join(project, 'plan.md'), 'plan');
    await writeFile(join(project, 'logout.md'), 'not this one');
    await writeFile(join(project, 'large.md'), 'x'.repeat(70_000));
    await writeFile(join(root, 'secret'), 'outside');
    await symlink(join(root, 'secret'), join(project, 'link.md'));
    const commands = await readCustomCommands(join(root, 'home'), [join(root, 'repo')]);
    expect(commands.map(({ name, from, template }) => [name, from, template])).toEqual([
      ['both', 'home', 'mine'],
      ['plan', 'project', 'plan'],
    ]);
    await rm(root, { recursive: true });
  });
});
