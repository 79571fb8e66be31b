import {
  type CompleteAnswer,
  type Dialect,
  EVENT_STREAM,
  json,
  type RecordedRequest,
  type Reply,
  startUpstream,
  type Upstream,
  type UpstreamOptions,
} from './upstream.ts';

const usageOf = ({ usage }: CompleteAnswer) => ({
  promptTokenCount: usage.inputTokens,
  candidatesTokenCount: usage.outputTokens,
  totalTokenCount: usage.inputTokens + usage.outputTokens,
});

const response = (parts: readonly unknown[], finish?: string, usage?: unknown) => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...(finish === undefined ? {} : { finishReason: finish }) }],
  ...(usage === undefined ? {} : { usageMetadata: usage }),
  modelVersion: 'gemini-test',
  responseId: 'response-1',
});

const callParts = ({ toolCall }: CompleteAnswer): unknown[] =>
  toolCall ? [{ functionCall: { id: toolCall.id, name: toolCall.name, args: JSON.parse(toolCall.input) as unknown } }] : [];

// Google ends its lines with CR LF.
const frame = (data: unknown): string => `data: ${JSON.stringify(data)}\r\n\r\n`;

const streamed = (answer: CompleteAnswer): Reply => ({
  contentType: EVENT_STREAM,
  frames: [
    ...answer.text.map((text) => frame(response([{ text }]))),
    ...callParts(answer).map((part) => frame(response([part]))),
    frame(response([{ text: '' }], answer.finish ?? 'STOP', usageOf(answer))),
  ],
});

const models = (): Reply =>
  json({
    models: [{ name: 'models/gemini-test', displayName: 'Gemini Test', supportedGenerationMethods: ['generateContent', 'countTokens'] }],
  });

const reply = (request: RecordedRequest, answer: CompleteAnswer): Reply | undefined => {
  const path = request.path.replace(/\?.*/, '');
  if (path.endsWith('/models')) return models();
  if (path.endsWith(':streamGenerateContent')) return streamed(answer);
  if (path.endsWith(':countTokens')) return json({ totalTokens: answer.usage.inputTokens });
  if (!path.endsWith(':generateContent')) return undefined;
  return json(response([{ text: answer.text.join('') }, ...callParts(answer)], answer.finish ?? 'STOP', usageOf(answer)));
};

const STATUSES: Record<number, string> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

const failure = (status: number, message: string): unknown => ({
  error: { code: status, message, status: STATUSES[status] ?? 'UNKNOWN' },
});

const google: Dialect = { basePath: '/v1beta', reply, failure, overloadStatus: 503 };

/** A Google Gemini upstream: `POST /v1beta/models/M:streamGenerateContent?alt=sse`, `:generateContent`, `:countTokens`, `GET /v1beta/models`. */
export const startGoogleUpstream = (options?: UpstreamOptions): Promise<Upstream> => startUpstream(google, options);
