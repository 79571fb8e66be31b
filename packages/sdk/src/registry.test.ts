import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  createRegistry,
  definePlugin,
  defineProvider,
  defineTool,
  describeProvider,
  type PluginOrigin,
  type ProviderDef,
} from './index.ts';

const provider = (name: string): ProviderDef =>
  defineProvider({
    name,
    models: [{ id: 'one' }],
    createClient: () => ({ async *stream() {} }),
    auth: { kind: 'apiKey', envVar: 'A_KEY' },
  });

const source = (name: string, origin: PluginOrigin, providers: readonly ProviderDef[]) => ({
  name,
  origin,
  providers: providers.map(describeProvider),
  load: () => Promise.resolve(definePlugin({ name, providers })),
});

test('C2 C13 the registry lists every provider without loading it, and the first plugin keeps a name', async () => {
  const registry = createRegistry([
    source('first', 'product', [provider('acme')]),
    source('second', 'user', [provider('acme'), provider('other')]),
  ]);
  expect(registry.list().map(({ name, plugin }) => `${name} by ${plugin}`)).toEqual(['acme by first', 'other by second']);
  expect(registry.conflicts()).toEqual(['second defines acme, which first already has; it is left out']);
  expect((await registry.provider('other')).name).toBe('other');
  await expect(registry.provider('nope\u001b[31m')).rejects.toMatchObject({ code: 'not_found', message: 'there is no provider "nope"' });
});

test('C6 a definition that is not sound is refused when it is made', () => {
  const good = provider('acme');
  const bad: readonly [unknown, string][] = [
    [{ ...good, name: '../evil' }, 'the name needs'],
    [{ ...good, name: 'UPPER' }, 'the name needs'],
    [{ ...good, name: 'logout' }, 'is a command of "moxxy login"'],
    [{ ...good, models: [{}] }, 'models needs'],
    [{ ...good, createClient: undefined }, 'createClient is missing'],
    [{ ...good, auth: { kind: 'apiKey', envVar: 'lower case' } }, 'auth.envVar'],
    [{ ...good, auth: { kind: 'oauth', serviceName: 'Acme', login: () => undefined } }, 'auth.logout is missing'],
    [{ ...good, auth: { kind: 'oauth' } }, 'auth.serviceName'],
    [{ ...good, auth: { kind: 'magic' } }, "auth.kind is 'oauth' or 'apiKey'"],
  ];
  for (const [definition, message] of bad) expect(() => defineProvider(definition as ProviderDef)).toThrow(message);
  expect(() => definePlugin({ name: 'not a name' })).toThrow('a plugin needs a name');
});

test('C9 a tool sees only input that fits its schema', async () => {
  const tool = defineTool({ name: 'add_one', description: '', input: z.object({ n: z.number() }), run: ({ n }) => Promise.resolve(n + 1) });
  expect(await tool.call({ n: 1 })).toBe(2);
  await expect(tool.call({ n: 'x' })).rejects.toMatchObject({ code: 'invalid_request', message: expect.stringContaining('add_one: n:') });
  expect(() => defineTool({ name: 'Bad Name', description: '', input: z.object({}), run: () => Promise.resolve(0) })).toThrow(
    'a tool cannot be named',
  );
});
