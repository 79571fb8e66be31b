import { CLIENT_NAME } from '@moxxy/plugin-oauth';
import { answerError, type ChatEvent, type ChatMessage, type ChatRequest, MogplexError, plainText, serverSentData } from '@moxxy/sdk';
import { ORIGINATOR, PROVIDER } from './settings.ts';

interface ResponsesEvent {
  type: string;
  delta?: string;
  item?: { type?: string; call_id?: string; name?: string; arguments?: string };
  response?: {
    usage?: { input_tokens?: number; output_tokens?: number };
    error?: { code?: string; message?: string } | null;
    incomplete_details?: { reason?: string } | null;
  };
  message?: string;
}

const INSTRUCTIONS = 'You are a coding agent.';

const inputOf = ({ role, content }: ChatMessage) => ({
  type: 'message',
  role,
  content: [{ type: role === 'assistant' ? 'output_text' : 'input_text', text: content }],
});

/** The request of the Responses API for a conversation. Nothing is kept at the service. */
export const responsesRequest = (request: ChatRequest, credential: { token: string; accountId: string | undefined }): RequestInit => ({
  method: 'POST',
  headers: {
    authorization: `Bearer ${credential.token}`,
    ...(credential.accountId === undefined ? {} : { 'chatgpt-account-id': credential.accountId }),
    'openai-beta': 'responses=experimental',
    'content-type': 'application/json',
    accept: 'text/event-stream',
    'user-agent': CLIENT_NAME,
    originator: ORIGINATOR,
  },
  body: JSON.stringify({
    model: request.model,
    instructions: request.system ?? INSTRUCTIONS,
    input: request.messages.map(inputOf),
    store: false,
    stream: true,
  }),
  redirect: 'manual',
  ...(request.signal === undefined ? {} : { signal: request.signal }),
});

const failed = (message: string | undefined): MogplexError =>
  new MogplexError('upstream_error', `${PROVIDER} could not finish the answer${message === undefined ? '' : `: ${plainText(message)}`}`, {
    boundary: 'model',
  });

const parse = (data: string): ResponsesEvent => {
  try {
    return JSON.parse(data) as ResponsesEvent;
  } catch {
    throw failed('it sent an event that is not JSON');
  }
};

const usageOf = ({ response }: ResponsesEvent): ChatEvent[] =>
  response?.usage
    ? [{ type: 'usage', inputTokens: response.usage.input_tokens ?? 0, outputTokens: response.usage.output_tokens ?? 0 }]
    : [];

const eventsOf = (event: ResponsesEvent): ChatEvent[] => {
  switch (event.type) {
    case 'response.output_text.delta':
      return event.delta === undefined ? [] : [{ type: 'text', text: event.delta }];
    case 'response.reasoning_summary_text.delta':
      return event.delta === undefined ? [] : [{ type: 'reasoning', text: event.delta }];
    case 'response.output_item.done':
      if (event.item?.type !== 'function_call') return [];
      return [{ type: 'tool-call', id: event.item.call_id ?? '', name: event.item.name ?? '', input: event.item.arguments ?? '' }];
    case 'response.completed':
      return [...usageOf(event), { type: 'finish', reason: 'stop' }];
    case 'response.incomplete':
      return [...usageOf(event), { type: 'finish', reason: plainText(event.response?.incomplete_details?.reason ?? 'incomplete', 60) }];
    case 'response.failed':
      throw failed(event.response?.error?.message);
    case 'error':
      throw failed(event.message);
    default:
      return [];
  }
};

/**
 * The events of a streamed answer.
 *
 * @throws MogplexError for an answer that is no success, a failure inside the stream, or a stream that breaks off.
 */
export async function* responsesEvents(answer: Response): AsyncGenerator<ChatEvent> {
  if (!answer.ok || !answer.body) throw answerError(PROVIDER, answer);
  for await (const data of serverSentData(answer.body)) {
    for (const event of eventsOf(parse(data))) {
      yield event;
      if (event.type === 'finish') return;
    }
  }
  throw new MogplexError('upstream_error', `the answer of ${PROVIDER} broke off`, { boundary: 'model', hint: 'Try again.' });
}
