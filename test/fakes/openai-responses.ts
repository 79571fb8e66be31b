import { type CompleteAnswer, EVENT_STREAM, json, type RecordedRequest, type Reply, sse } from './upstream.ts';

type Fields = Record<string, unknown>;

const messageItem = (answer: CompleteAnswer, status: string): Fields => ({
  id: 'msg_1',
  type: 'message',
  status,
  role: 'assistant',
  content: status === 'completed' ? [{ type: 'output_text', text: answer.text.join(''), annotations: [], logprobs: [] }] : [],
});

const callItem = (call: NonNullable<CompleteAnswer['toolCall']>, status: string): Fields => ({
  id: 'fc_1',
  type: 'function_call',
  status,
  call_id: call.id,
  name: call.name,
  arguments: status === 'completed' ? call.input : '',
});

const outputOf = (answer: CompleteAnswer): Fields[] => [
  messageItem(answer, 'completed'),
  ...(answer.toolCall ? [callItem(answer.toolCall, 'completed')] : []),
];

const responseOf = (model: unknown, answer: CompleteAnswer, status: 'in_progress' | 'completed'): Fields => {
  const { inputTokens, outputTokens } = answer.usage;
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1_760_000_000,
    status,
    model,
    output: status === 'completed' ? outputOf(answer) : [],
    incomplete_details: null,
    error: null,
    usage:
      status === 'completed'
        ? {
            input_tokens: inputTokens,
            input_tokens_details: { cached_tokens: 0 },
            output_tokens: outputTokens,
            output_tokens_details: { reasoning_tokens: 0 },
            total_tokens: inputTokens + outputTokens,
          }
        : null,
  };
};

const messageEvents = (answer: CompleteAnswer): Fields[] => {
  const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  const text = answer.text.join('');
  return [
    { type: 'response.output_item.added', output_index: 0, item: messageItem(answer, 'in_progress') },
    { type: 'response.content_part.added', ...at, part: { type: 'output_text', text: '', annotations: [], logprobs: [] } },
    ...answer.text.map((delta) => ({ type: 'response.output_text.delta', ...at, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...at, text, logprobs: [] },
    { type: 'response.content_part.done', ...at, part: { type: 'output_text', text, annotations: [], logprobs: [] } },
    { type: 'response.output_item.done', output_index: 0, item: messageItem(answer, 'completed') },
  ];
};

const callEvents = (call: NonNullable<CompleteAnswer['toolCall']>): Fields[] => [
  { type: 'response.output_item.added', output_index: 1, item: callItem(call, 'in_progress') },
  { type: 'response.function_call_arguments.delta', item_id: 'fc_1', output_index: 1, delta: call.input },
  { type: 'response.function_call_arguments.done', item_id: 'fc_1', output_index: 1, name: call.name, arguments: call.input },
  { type: 'response.output_item.done', output_index: 1, item: callItem(call, 'completed') },
];

/** `POST /v1/responses`: the whole added, delta, part, done sequence when streamed, one object otherwise. */
export const openAiResponses = (request: RecordedRequest, answer: CompleteAnswer): Reply => {
  const model = request.body?.['model'];
  if (request.body?.['stream'] !== true) return json(responseOf(model, answer, 'completed'));
  const events: Fields[] = [
    { type: 'response.created', response: responseOf(model, answer, 'in_progress') },
    { type: 'response.in_progress', response: responseOf(model, answer, 'in_progress') },
    ...messageEvents(answer),
    ...(answer.toolCall ? callEvents(answer.toolCall) : []),
    { type: 'response.completed', response: responseOf(model, answer, 'completed') },
  ];
  return {
    contentType: EVENT_STREAM,
    frames: events.map((event, index) => sse({ ...event, sequence_number: index }, String(event['type']))),
  };
};
