import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { World } from '../../world.ts';
import { canOpenBrowser, openBrowser } from './browser.ts';
import { readRepository, remoteName } from './workspace.ts';

const worldWith = (env: Record<string, string>): World => ({ env }) as unknown as World;

describe('a browser', () => {
  test.each([
    [{ BROWSER: 'firefox', SSH_CONNECTION: 'x' }, 'linux', true],
    [{ DISPLAY: ':0' }, 'linux', true],
    [{ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', true],
    [{}, 'linux', false],
    [{ DISPLAY: '', BROWSER: ' ' }, 'linux', false],
    [{}, 'darwin', true],
    [{ SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22', DISPLAY: ':0' }, 'linux', false],
    [{ SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' }, 'darwin', false],
  ] as const)('with %j on %s: %s', (env, platform, expected) => {
    expect(canOpenBrowser(worldWith(env), platform)).toBe(expected);
  });
});

describe('opening a page', () => {
  test.each([
    ['a program that ends well', '/bin/true', true],
    ['one that goes on', 'timeout 3 tail -f /dev/null', true],
    ['one that finds no browser', '/bin/false', false],
    ['one that is not there', '/nonexistent/browser', false],
  ])('with %s', async (_, program, expected) => {
    expect(await openBrowser(worldWith({ BROWSER: program }), 'https://mogplex.example')).toBe(expected);
  });
});

describe('the repository', () => {
  test.each([
    ['https://github.com/owner/name.git', 'owner/name'],
    ['https://x-access-token:ghs_secret@github.com/owner/name', 'owner/name'],
    ['git@github.com:owner/name.git', 'owner/name'],
    ['ssh://git@host:22/group/owner/name.git/', 'owner/name'],
  ])('is read from %s without what stands before it', (url, name) => {
    expect(remoteName(`[remote "origin"]\n\turl = ${url}\n[branch "main"]\n`)).toBe(name);
  });

  test('is found from a folder inside it, with the branch; a worktree too', async () => {
    const root = await mkdtemp(join(tmpdir(), 'mogplex-repo-'));
    await mkdir(join(root, '.git', 'worktrees', 'w'), { recursive: true });
    await mkdir(join(root, 'a', 'b'), { recursive: true });
    await mkdir(join(root, 'tree'));
    await writeFile(join(root, '.git', 'HEAD'), 'ref: refs/heads/feature/x\n');
    await writeFile(join(root, '.git', 'config'), '[remote "origin"]\n\turl = git@h:o/n.git\n');
    await writeFile(join(root, '.git', 'worktrees', 'w', 'HEAD'), '0123456789abcdef\n');
    await writeFile(join(root, '.git', 'worktrees', 'w', 'commondir'), '../..\n');
    await writeFile(join(root, 'tree', '.git'), `gitdir: ${join(root, '.git', 'worktrees', 'w')}\n`);
    expect(await readRepository(join(root, 'a', 'b'))).toEqual({ name: 'o/n', branch: 'feature/x' });
    expect(await readRepository(join(root, 'tree'))).toEqual({ name: 'o/n', branch: '01234567' });
    await rm(root, { recursive: true });
  });
});
