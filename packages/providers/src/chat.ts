import type { ChatEvent, ChatRequest, ModelClient } from '@moxxy/sdk';

/** A tool that the model may call. */
export interface ChatTool {
  name: string;
  description: string;
  /** JSON Schema of the input, an object. */
  inputSchema: Record<string, unknown>;
}

/** A request with the tools that the model may call. */
export interface ToolChatRequest extends ChatRequest {
  tools?: readonly ChatTool[];
}

export interface ToolModelClient extends ModelClient {
  stream(request: ToolChatRequest): AsyncIterable<ChatEvent>;
}
