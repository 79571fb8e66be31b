import type { ChatEvent, ChatMessage, ChatRequest, ModelClient } from '@moxxy/sdk';

/** A tool that the model may call. */
export interface ChatTool {
  name: string;
  description: string;
  /** JSON Schema of the input, an object. */
  inputSchema: Record<string, unknown>;
}

/** A call that a model made, as it is told back to the model with the result. */
export interface ToolCall {
  id: string;
  name: string;
  /** JSON. */
  input: string;
  /** What the provider wants to see again with its call, such as a signature of its reasoning. Opaque. */
  replay?: Readonly<Record<string, Record<string, unknown>>>;
}

/** The event of a tool call with what has to be told back. */
export type ToolCallEvent = Extract<ChatEvent, { type: 'tool-call' }> & Pick<ToolCall, 'replay'>;

export interface ToolResult {
  id: string;
  name: string;
  output: string;
}

/** One turn of a conversation with tools. */
export type ChatTurn =
  | ChatMessage
  | { role: 'assistant'; content: string; toolCalls: readonly ToolCall[] }
  | { role: 'tool'; results: readonly ToolResult[] };

/** A request with the tools that the model may call. */
export interface ToolChatRequest extends Omit<ChatRequest, 'messages'> {
  messages: readonly ChatTurn[];
  tools?: readonly ChatTool[];
}

/** A client that also passes tools on. Its `tool-call` events are {@link ToolCallEvent}. */
export interface ToolModelClient extends ModelClient {
  stream(request: ToolChatRequest): AsyncIterable<ChatEvent>;
}
