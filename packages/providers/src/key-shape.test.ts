import { PROVIDERS } from '@mogplex/protocol';
import { describe, expect, test } from 'vitest';
import { checkKeyShape } from './key-shape.ts';
import { parseModelId } from './model-id.ts';
import { SHIPPED_MODELS } from './models.ts';
import providersPlugin from './plugin.ts';

const key = (value: string) => ({ reveal: () => value });

test('A6 a key of another shape is remarked on without a word of it, and a usual one is not', () => {
  expect(checkKeyShape('openai', key(`sk-proj-${'a1'.repeat(20)}`))).toBeUndefined();
  expect(checkKeyShape('anthropic', key(`sk-ant-api03-${'a1'.repeat(20)}`))).toBeUndefined();
  expect(checkKeyShape('openai', key(`sk-ant-api03-${'a1'.repeat(20)}`))).toContain('does not look like a key of OpenAI');
  expect(checkKeyShape('openai', key(`sk-proj-schl\u00fcssel${'a1'.repeat(20)}`))).toContain('a character that cannot be sent');
  for (const { id } of PROVIDERS) {
    const remark = checkKeyShape(id, key('strange! thing'));
    expect(remark).toContain('does not look like a key');
    expect(remark).not.toContain('strange');
  }
});

test('A20 model ids are provider/model, and a model may hold slashes', () => {
  expect(parseModelId('groq/openai/gpt-oss-120b')).toMatchObject({ provider: { id: 'groq' }, name: 'openai/gpt-oss-120b' });
  for (const wrong of ['gpt-5', 'acme/one', 'openai/', '/x', '']) expect(() => parseModelId(wrong)).toThrow(/there is no model/);
});

describe('the plugin', () => {
  test('C13 the nine providers are in the registry with their variable and their models', () => {
    expect(providersPlugin.providers?.map(({ name, auth }) => [name, auth])).toEqual(
      PROVIDERS.map(({ id, envVar }) => [id, { kind: 'apiKey', envVar }]),
    );
    for (const { name, models } of providersPlugin.providers ?? []) {
      expect(models.map(({ id }) => id)).toEqual(SHIPPED_MODELS[name as keyof typeof SHIPPED_MODELS]);
    }
  });
});
