/** One turn of a conversation. */
export interface ChatMessage {
  role: 'user' | 'assistant';
  content: string;
}

export interface ChatRequest {
  /** The model's id without the provider, as in {@link ModelDef}. */
  model: string;
  messages: readonly ChatMessage[];
  system?: string;
  signal?: AbortSignal;
}

/** What a model client streams, in order; `finish` is the last of a whole answer. */
export type ChatEvent =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'tool-call'; id: string; name: string; input: string }
  | { type: 'usage'; inputTokens: number; outputTokens: number }
  | { type: 'finish'; reason: string };

/** A client of one provider. Errors are thrown as `MogplexError`. */
export interface ModelClient {
  stream(request: ChatRequest): AsyncIterable<ChatEvent>;
}
