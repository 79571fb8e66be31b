import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { FINAL } from './client-scenario.ts';

const SCHEMA = { type: 'object' as const, properties: { command: { type: 'string' } }, required: ['command'] };

interface Seen {
  streamed: boolean;
  tool: boolean;
}

/** OpenAI's own package: chat completions and responses, streamed, with a tool call that goes round. */
export const runOpenAiSdk = async (baseURL: string, apiKey: string): Promise<Seen> => {
  const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
  const tools = [{ type: 'function' as const, function: { name: 'bash', parameters: SCHEMA } }];
  const first = client.chat.completions.stream({
    model: 'gpt-5',
    messages: [{ role: 'user', content: 'go' }],
    tools,
    stream_options: { include_usage: true },
  });
  const { choices, usage } = await first.finalChatCompletion();
  const call = choices[0]?.message.tool_calls?.[0];
  if (!call || !usage) return { streamed: false, tool: false };
  const second = client.chat.completions.stream({
    model: 'gpt-5',
    messages: [
      { role: 'user', content: 'go' },
      choices[0]?.message ?? { role: 'user', content: '' },
      { role: 'tool', tool_call_id: call.id, content: 'went round' },
    ],
    tools,
  });
  let text = '';
  for await (const chunk of second) text += chunk.choices[0]?.delta.content ?? '';
  let response = '';
  for await (const event of await client.responses.create({ model: 'gpt-5', input: 'go', stream: true })) {
    if (event.type === 'response.output_text.delta') response += event.delta;
  }
  return { streamed: text === FINAL && response === FINAL, tool: call.type === 'function' && call.function.name === 'bash' };
};

/** Anthropic's own package: messages, streamed, with a tool call that goes round. */
export const runAnthropicSdk = async (baseURL: string, apiKey: string): Promise<Seen> => {
  const client = new Anthropic({ baseURL, apiKey, maxRetries: 0 });
  const tools = [{ name: 'bash', input_schema: SCHEMA }];
  const ask = { model: 'claude-sonnet-5-5', max_tokens: 256, tools };
  const first = await client.messages.stream({ ...ask, messages: [{ role: 'user', content: 'go' }] }).finalMessage();
  const call = first.content.find((block) => block.type === 'tool_use');
  if (!call) return { streamed: false, tool: false };
  const second = client.messages.stream({
    ...ask,
    messages: [
      { role: 'user', content: 'go' },
      { role: 'assistant', content: first.content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'went round' }] },
    ],
  });
  return { streamed: (await second.finalText()) === FINAL, tool: call.name === 'bash' };
};
