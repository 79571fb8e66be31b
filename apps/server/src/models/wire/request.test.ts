import { expect, test } from 'vitest';
import type { Operation } from '../types.ts';
import { peekRequest } from './request.ts';

const peek = (operation: Operation, body: object) =>
  peekRequest(Buffer.from(JSON.stringify({ model: 'm', ...body })), operation, operation === 'generate' ? 'm' : undefined);

test.each<[Operation, object]>([
  [
    'responses',
    {
      tools: [
        { type: 'function', name: 'f' },
        { type: 'web_search', external_web_access: false },
      ],
    },
  ],
  ['responses', { tools: [{ type: 'file_search', vector_store_ids: ['v'] }] }],
  ['responses', { tools: [{ type: 'mcp', server_label: 's' }] }],
  ['chat', { web_search_options: {} }],
  ['chat', { search_parameters: { mode: 'auto' } }],
  ['messages', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }],
  ['messages', { tools: [{ type: 'code_execution_20250825', name: 'code_execution' }] }],
  ['messages', { mcp_servers: [{ type: 'url' }] }],
  ['generate', { tools: [{ googleSearch: {} }] }],
  ['generate', { tools: [{ functionDeclarations: [] }, { url_context: {} }] }],
])('B7 what tools of the provider bring is not bounded by the request: %s %j', (operation, body) => {
  expect(peek(operation, body).openInput).toBe(true);
});

test.each<[Operation, object]>([
  ['responses', { tools: [{ type: 'function', name: 'web_search' }, { type: 'custom', name: 'apply_patch' }, { type: 'local_shell' }] }],
  ['chat', { tools: [{ type: 'function', function: { name: 'file_search', description: '"type":"web_search"' } }] }],
  [
    'messages',
    {
      tools: [
        { name: 'web_fetch', input_schema: {} },
        { type: 'bash_20250124', name: 'bash' },
      ],
    },
  ],
  ['generate', { tools: [{ functionDeclarations: [{ name: 'google_web_search' }] }] }],
  ['chat', { tools: 'web_search' }],
])('B7 what tools of the client bring comes in requests of its own: %s %j', (operation, body) => {
  expect(peek(operation, body).openInput).toBe(false);
});

test.each<[Operation, object, number]>([
  ['messages', {}, 1],
  ['messages', { speed: 'standard' }, 1],
  ['messages', { speed: 'fast' }, 2],
  ['chat', { service_tier: 'priority' }, 2],
  ['chat', { service_tier: 'flex' }, 1],
])('B7 what is dearer is set aside and booked so: %s %j', (operation, body, multiplier) => {
  expect(peek(operation, body).multiplier).toBe(multiplier);
});

test('B7 a prompt that may be kept for an hour is noticed', () => {
  const system = [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1h' } }];
  expect(peek('messages', { system }).keepsForAnHour).toBe(true);
  expect(peek('messages', { system: 'x' }).keepsForAnHour).toBe(false);
});

test('B7 tools among the input are seen, also where their type is spelled in another way', () => {
  const tools = '"tools":[{"type":"code_interpreter"}]';
  for (const type of ['additional_tools', String.raw`additional\u005ftools`]) {
    const body = Buffer.from(`{"model":"m","input":[{"type":"message"},{"type":"${type}",${tools}}]}`);
    expect(peekRequest(body, 'responses').tools).toEqual({ bringInput: true, searches: 0, unpriced: 'code_interpreter' });
  }
});

test.each<[Operation, object, number]>([
  ['messages', { tools: [{ type: 'web_search_20250305', max_uses: 3 }] }, 3],
  ['messages', { tools: [{ type: 'web_search_20250305', max_uses: 0 }] }, Number.POSITIVE_INFINITY],
  ['responses', { tools: [{ type: 'web_search' }, { type: 'web_search_2025_08_26' }], max_tool_calls: 7 }, 7],
  ['responses', { tools: [{ type: 'web_search' }] }, Number.POSITIVE_INFINITY],
  ['responses', { tools: [{ type: 'function', name: 'web_search' }], max_tool_calls: 7 }, 0],
])('B7 the searches that a request allows are bounded as it says: %s %j', (operation, body, most) => {
  expect(peek(operation, body).tools).toMatchObject({ searches: most });
});
