/** A chunk of chat completions, as far as it is looked at. */
interface Chunk {
  choices?: { index?: number; finish_reason?: unknown; delta?: { tool_calls?: { index?: number }[] } | null }[];
}

const END = 'data: [DONE]';
const FINISH = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';

const parse = (json: string): Chunk | undefined => {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // What is no JSON is left for the reader to refuse.
    return undefined;
  }
};

/** Goes through a stream line by line and fills in what sloppy servers leave out. */
class Mender {
  #held = '';
  #finished = false;

  push(text: string): string {
    const lines = (this.#held + text).split('\n');
    this.#held = lines.pop() ?? '';
    return lines.map((line) => `${this.#line(line)}\n`).join('');
  }

  end(): string {
    return this.#line(this.#held);
  }

  #line(line: string): string {
    if (!line.startsWith('data:')) return line;
    if (line.trimEnd() === END) return this.#finished ? line : FINISH + line;
    const chunk = parse(line.slice('data:'.length));
    if (!Array.isArray(chunk?.choices)) return line;
    for (const [position, choice] of chunk.choices.entries()) {
      choice.index ??= position;
      if (typeof choice.finish_reason === 'string') this.#finished = true;
      for (const [order, call] of (choice.delta?.tool_calls ?? []).entries()) call.index ??= order;
    }
    return `data: ${JSON.stringify(chunk)}`;
  }
}

const mendedBody = (body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> => {
  const mender = new Mender();
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => controller.enqueue(encoder.encode(mender.push(decoder.decode(chunk, { stream: true })))),
      flush: (controller) => controller.enqueue(encoder.encode(mender.push(decoder.decode()) + mender.end())),
    }),
  );
};

/**
 * Servers that call themselves compatible with OpenAI leave out what OpenAI itself always sends and its client package
 * insists on: the index of a choice or a tool call, and the reason of the finish before `[DONE]`. This `fetch` puts it in.
 */
export const mendingFetch =
  (send: typeof fetch): typeof fetch =>
  async (input, init) => {
    const response = await send(input, init);
    const isStream = response.headers.get('content-type')?.includes('text/event-stream') ?? false;
    if (!isStream || !response.body) return response;
    return new Response(mendedBody(response.body), { status: response.status, headers: response.headers });
  };
