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

const reply = (request: RecordedRequest, answer: CompleteAnswer): Reply | undefined => {
  if (!request.path.endsWith('/language-model')) return undefined;
  const { usage, toolCall } = answer;
  const inputTokens = { total: usage.inputTokens, noCache: usage.inputTokens, cacheRead: 0, cacheWrite: 0 };
  const outputTokens = { total: usage.outputTokens, text: usage.outputTokens, reasoning: 0 };
  const finishReason = toolCall ? { unified: 'tool-calls', raw: 'tool_calls' } : { unified: 'stop', raw: 'stop' };
  return {
    contentType: EVENT_STREAM,
    frames: [
      sse({ type: 'stream-start', warnings: [] }),
      sse({ type: 'response-metadata', id: 'response-1', timestamp: '2026-01-01T00:00:00.000Z' }),
      sse({ type: 'text-start', id: '0' }),
      ...answer.text.map((delta) => sse({ type: 'text-delta', id: '0', delta })),
      sse({ type: 'text-end', id: '0' }),
      ...(toolCall ? [sse({ type: 'tool-call', toolCallId: toolCall.id, toolName: toolCall.name, input: toolCall.input })] : []),
      sse({ type: 'finish', finishReason, usage: { inputTokens, outputTokens } }),
      'data: [DONE]\n\n',
    ],
  };
};

const TYPES: Record<number, string> = {
  401: 'authentication_error',
  403: 'forbidden',
  404: 'model_not_found',
  429: 'rate_limit_exceeded',
};

const failure = (status: number, message: string): unknown => ({
  error: { message, type: TYPES[status] ?? 'internal_server_error' },
});

const vercel: Dialect = { basePath: '/v4/ai', reply, failure, overloadStatus: 503 };

/** A Vercel AI Gateway upstream: `POST /v4/ai/language-model`, streamed. */
export const startVercelUpstream = (options?: UpstreamOptions): Promise<Upstream> => startUpstream(vercel, options);
