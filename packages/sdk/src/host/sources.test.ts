import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { userPluginFolder, userPlugins } from './sources.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'moxxy-sdk-'));
  await mkdir(userPluginFolder(home), { mode: 0o700 });
});

afterEach(() => rm(home, { recursive: true, force: true }));

const write = (path: string, text: string): Promise<void> => writeFile(path, text, { mode: 0o600 });

const plugin = (name: string): string => `
globalThis.runs = (globalThis.runs ?? 0) + 1;
export default { name: '${name}', providers: [{ name: '${name}', models: [], createClient: () => ({}), auth: { kind: 'apiKey', envVar: 'A_KEY' } }] };
`;

const runs = (): number => (globalThis as { runs?: number }).runs ?? 0;

test('C2 a plugin that has not changed is listed without being run', async () => {
  const file = join(userPluginFolder(home), 'acme.mjs');
  await write(file, plugin('acme'));
  const before = runs();
  expect((await userPlugins(home, { write })).sources.flatMap(({ providers }) => providers)).toMatchObject([
    { name: 'acme', kind: 'apiKey' },
  ]);
  expect(runs()).toBe(before + 1);
  expect((await userPlugins(home, { write })).sources.map(({ name }) => name)).toEqual(['acme']);
  expect(runs()).toBe(before + 1);
  await write(file, `${plugin('changed')}// longer`);
  expect((await userPlugins(home, { write })).sources).toHaveLength(1);
});

test('C8 failure 13: a plugin file that others can write is not run', async () => {
  const file = join(userPluginFolder(home), 'open.mjs');
  await write(file, plugin('open'));
  await chmod(file, 0o666);
  const before = runs();
  const { sources, warnings } = await userPlugins(home, { write });
  expect(sources).toEqual([]);
  expect(warnings).toEqual([`${file} is not run: every user of this machine can write it`]);
  expect(runs()).toBe(before);
});
