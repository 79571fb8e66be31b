import {
  type CompleteAnswer,
  type Dialect,
  EVENT_STREAM,
  type RecordedRequest,
  type Reply,
  sse,
  startUpstream,
  type Upstream,
  type UpstreamOptions,
} from './upstream.ts';

const event = (type: string, fields: Record<string, unknown> = {}): string => sse({ type, ...fields }, type);

const message = (fields: Record<string, unknown>) => ({ delta: { message: fields } });

const toolFrames = (call: NonNullable<CompleteAnswer['toolCall']>): string[] => [
  event('tool-call-start', {
    index: 0,
    ...message({ tool_calls: { id: call.id, type: 'function', function: { name: call.name, arguments: '' } } }),
  }),
  event('tool-call-delta', { index: 0, ...message({ tool_calls: { function: { arguments: call.input } } }) }),
  event('tool-call-end', { index: 0 }),
];

const reply = (request: RecordedRequest, answer: CompleteAnswer): Reply | undefined => {
  if (!request.path.endsWith('/chat')) return undefined;
  const tokens = { input_tokens: answer.usage.inputTokens, output_tokens: answer.usage.outputTokens };
  return {
    contentType: EVENT_STREAM,
    frames: [
      event('message-start', {
        id: 'message-1',
        ...message({ role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] }),
      }),
      event('content-start', { index: 0, ...message({ content: { type: 'text', text: '' } }) }),
      ...answer.text.map((text) => event('content-delta', { index: 0, ...message({ content: { text } }) })),
      event('content-end', { index: 0 }),
      ...(answer.toolCall ? toolFrames(answer.toolCall) : []),
      event('message-end', {
        delta: { finish_reason: answer.finish ?? (answer.toolCall ? 'TOOL_CALL' : 'COMPLETE'), usage: { billed_units: tokens, tokens } },
      }),
      'data: [DONE]\n\n',
    ],
  };
};

const cohere: Dialect = { basePath: '/v2', reply, failure: (_, text) => ({ id: 'error-1', message: text }), overloadStatus: 503 };

/** A Cohere upstream: `POST /v2/chat`, streamed. */
export const startCohereUpstream = (options?: UpstreamOptions): Promise<Upstream> => startUpstream(cohere, options);
