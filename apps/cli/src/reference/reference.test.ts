import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { realWorld } from '../world.ts';
import { completionScript } from './completion.ts';
import { referenceMarkdown } from './markdown.ts';
import { allPrograms } from './programs.ts';
import { commandTree } from './tree.ts';

test('docs/commands.md is what the command definitions say (npm run reference -w apps/cli writes it)', async () => {
  const written = await readFile(new URL('../../../../docs/commands.md', import.meta.url), 'utf8');
  expect(referenceMarkdown(await allPrograms(realWorld()))).toBe(written);
});

describe('completion', () => {
  const bashComplete = async (words: readonly string[]): Promise<string[]> => {
    const script = completionScript('bash', await commandTree(realWorld()));
    const setUp = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _mogplex; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', `${script}\n${setUp}`], { encoding: 'utf8' })
      .trim()
      .split('\n');
  };

  test('bash offers commands, subcommands, options and fixed arguments', async () => {
    expect(await bashComplete(['mogplex', 'do'])).toEqual(['doctor']);
    expect(await bashComplete(['mogplex', 'logs', ''])).toEqual(expect.arrayContaining(['list', 'show']));
    expect(await bashComplete(['mogplex', 'exec', '--m'])).toEqual(['--model']);
    expect(await bashComplete(['mogplex', 'completion', 'f'])).toEqual(['fish']);
    expect(await bashComplete(['mogplex', 'nothing', ''])).toEqual(expect.arrayContaining(['exec', 'server']));
  });

  test('zsh and fish scripts name every command', async () => {
    const tree = await commandTree(realWorld());
    for (const shell of ['zsh', 'fish'] as const) {
      const script = completionScript(shell, tree);
      for (const { name } of tree.commands) expect(script).toContain(name);
    }
  });
});
