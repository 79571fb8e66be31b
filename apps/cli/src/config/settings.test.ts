import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { realWorld } from '../world.ts';
import { loadSettings } from './load.ts';
import { allowsModel, combine } from './settings.ts';

describe('a project can only tighten', () => {
  test.each([
    ['auto', 'read-only', 'read-only'],
    ['read-only', 'auto', 'read-only'],
    ['ask', 'ask', 'ask'],
    [undefined, 'auto', 'ask'],
    ['auto', undefined, 'auto'],
  ] as const)('permission mode %s with a project that says %s is %s', (user, project, expected) => {
    const settings = combine(user ? { permission_mode: user } : {}, project ? { permission_mode: project } : {}, 180);
    expect(settings.permissionMode).toBe(expected);
  });

  test('a model needs the leave of both lists, and a dot is a dot', () => {
    const settings = combine({ allow_models: ['openai/*', 'anthropic/claude-5.5'] }, { allow_models: ['*/gpt-*', 'anthropic/*'] }, 180);
    expect(allowsModel(settings, 'openai/gpt-5')).toBe(true);
    expect(allowsModel(settings, 'openai/o3')).toBe(false);
    expect(allowsModel(settings, 'groq/gpt-oss')).toBe(false);
    expect(allowsModel(settings, 'anthropic/claude-5.5')).toBe(true);
    expect(allowsModel(settings, 'anthropic/claude-5x5')).toBe(false);
    expect(allowsModel(combine({}, {}, 180), 'any/thing')).toBe(true);
    expect(allowsModel(combine({ allow_models: [] }, {}, 180), 'any/thing')).toBe(false);
  });
});

describe('the files', () => {
  let root: string;
  const warnings: string[] = [];
  const world = (env: Record<string, string> = {}) => ({
    ...realWorld(),
    env,
    home: join(root, 'home'),
    cwd: join(root, 'work', 'deep', 'er'),
  });
  const load = (env?: Record<string, string>) => loadSettings(world(env), (line) => warnings.push(line));

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'mogplex-settings-'));
    warnings.length = 0;
    await mkdir(join(root, 'home'), { recursive: true });
    await mkdir(join(root, 'work', 'deep', 'er'), { recursive: true });
    await mkdir(join(root, 'work', '.git'));
    await mkdir(join(root, 'work', '.mogplex'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const user = (text: string) => writeFile(join(root, 'home', 'config.toml'), text);
  const project = (text: string) => writeFile(join(root, 'work', '.mogplex', 'config.toml'), text);

  test('are read from the home folder and from the project around the working folder', async () => {
    await user('model = "openai/gpt-5"\npermission_mode = "auto"\n[logs]\ndays = 3\n');
    await project('permission_mode = "ask"\nmodel = "deepseek/elsewhere"\nmodel_timeout = 1\n[logs]\nenabled = false\n');
    const settings = await load();
    expect(settings).toEqual({
      model: 'openai/gpt-5',
      permissionMode: 'ask',
      allowModels: [],
      modelTimeout: 180,
      logs: { enabled: true, days: 3, megabytes: 64 },
    });
    expect(warnings.map((line) => /: (\w+) is ignored$/.exec(line)?.[1])).toEqual(['model', 'model_timeout', 'logs']);
  });

  test('beyond the root of the repository nothing is looked for', async () => {
    await mkdir(join(root, '.mogplex'));
    await writeFile(join(root, '.mogplex', 'config.toml'), 'permission_mode = "read-only"');
    expect((await load()).permissionMode).toBe('ask');
  });

  test.each([
    ['permission_mode = "yolo"', /permission_mode/],
    ['model = "gpt"', /model: is not a model id/],
    ['allow_models = "openai"', /allow_models/],
    ['model = ', /not valid TOML/],
  ])('%s is refused with the name of the file', async (text, words) => {
    await user(text);
    await expect(load()).rejects.toMatchObject({
      code: 'usage',
      boundary: 'configuration',
      message: expect.stringMatching(words) as string,
    });
  });

  test('MOGPLEX_MODEL_TIMEOUT outranks the file', async () => {
    await user('model_timeout = 5');
    expect((await load()).modelTimeout).toBe(5);
    expect((await load({ MOGPLEX_MODEL_TIMEOUT: '9' })).modelTimeout).toBe(9);
    await expect(load({ MOGPLEX_MODEL_TIMEOUT: 'soon' })).rejects.toMatchObject({ code: 'usage' });
  });
});
