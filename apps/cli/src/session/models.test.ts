import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelInfo, ModelList } from '@mogplex/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { combine } from '../config/settings.ts';
import { realWorld, type World } from '../world.ts';
import { chooseModel, listModels } from './models.ts';
import { authFileOf } from './resolve.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'mogplex-models-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const model = (id: string, more: Partial<ModelInfo> = {}): ModelInfo => ({
  id,
  provider: id.split('/')[0] ?? '',
  name: id.split('/')[1] ?? '',
  label: id,
  contextLength: 1,
  maxOutput: 1,
  capabilities: [],
  price: null,
  formats: ['openai'],
  isDefault: false,
  reachable: true,
  ...more,
});

const platform =
  (list: Partial<ModelList>): typeof fetch =>
  async () =>
    Response.json({ ok: true, data: { models: [], default: null, catalogDate: '2026-01-01', ...list } });

const down: typeof fetch = async () => {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) });
};

const world = (env: Record<string, string>, send: typeof fetch = down): World => ({ ...realWorld(), env, home, cwd: home, fetch: send });
const signal = new AbortController().signal;
const open = combine({}, {}, 180);
const ACCOUNT = { MOGPLEX_API_KEY: 'mog_0123456789' };

test('A5 A9 with the account alone, its own default and its catalog are used', async () => {
  const models = [model('openai/a'), model('groq/b'), model('xai/c', { reachable: false })];
  const at = world(ACCOUNT, platform({ models, default: 'groq/b' }));
  expect(await chooseModel(at, authFileOf(at), open, undefined, signal)).toBe('groq/b');
  expect(await listModels(at, authFileOf(at), open, signal, () => undefined)).toEqual([
    { id: 'openai/a', origin: 'account' },
    { id: 'groq/b', origin: 'account' },
  ]);
  const narrowed = combine({}, { allow_models: ['openai/*'] }, 180);
  expect(await chooseModel(at, authFileOf(at), narrowed, undefined, signal)).toBe('openai/a');
  await expect(chooseModel(at, authFileOf(at), narrowed, 'groq/b', signal)).rejects.toMatchObject({
    code: 'forbidden',
    boundary: 'configuration',
  });
});

test('A10 an account that reaches no model is told why', async () => {
  const models = [
    model('openai/a', { reachable: false, reason: 'plan', message: 'the plan "Free" does not include openai/a', hint: 'Change the plan' }),
  ];
  const at = world(ACCOUNT, platform({ models }));
  await expect(chooseModel(at, authFileOf(at), open, undefined, signal)).rejects.toMatchObject({
    code: 'no_model_access',
    message: 'no model access: the plan "Free" does not include openai/a',
    hint: 'Change the plan',
  });
});

test('A13 a provider variable decides the default, and a platform that is down hides no other model', async () => {
  const at = world({ ...ACCOUNT, GROQ_API_KEY: 'gsk_0123456789' });
  expect(await chooseModel(at, authFileOf(at), open, undefined, signal)).toMatch(/^groq\//);
  const warnings: string[] = [];
  const listed = await listModels(at, authFileOf(at), open, signal, (line) => warnings.push(line));
  expect(listed.length).toBeGreaterThan(0);
  expect(listed.every(({ id, origin }) => id.startsWith('groq/') && origin === 'shipped')).toBe(true);
  expect(warnings.join()).toContain('could not be reached (ECONNREFUSED)');
});

test('A7 without any credential the choice of a model says what to do', async () => {
  const at = world({});
  await expect(chooseModel(at, authFileOf(at), open, undefined, signal)).rejects.toMatchObject({ code: 'unauthenticated' });
});
