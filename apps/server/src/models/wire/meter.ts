import type { Operation, Usage } from '../types.ts';
import { scanTopLevel, valueOf } from './json-top-level.ts';
import { isSearch, readChatUsage, readGoogleUsage, readMessagesUsage, readResponsesUsage, searchesIn } from './provider-usage.ts';
import { createLineSplitter } from './sse-lines.ts';

/** Watches a response pass and tells what it used. */
export interface Meter {
  push(chunk: Buffer): void;
  /** Web searches that a stream has told of so far. */
  readonly searches: number;
  /** The figures so far; call once, when the response has ended or was cut. */
  finish(): Usage;
}

type Counts = Omit<Usage, 'exact'>;

/** What one event of a stream says. */
interface Reading {
  counts?: Counts | undefined;
  /** These counts are the provider's last word. */
  final?: boolean;
  /** The event carried some of the answer. */
  delta?: boolean;
}

/** Reads the data of one event, one character a byte: what counts is ASCII. */
type EventReader = (data: string, before: Counts | undefined) => Reading;

/** What a meter has to know of the request. */
export interface Metered {
  operation: Operation;
  /** Size of its body, the base of the estimate for its tokens. */
  requestBytes: number;
  /** It has a tool with which the provider searches the web. */
  searching: boolean;
}

const DATA = 'data:';
/** A token is about four bytes of text: only used where the provider never says. */
const BYTES_PER_TOKEN = 4;
const WHOLE_BODY = 1024 * 1024;
/** An answer that may tell of searches is kept whole for longer. */
const WHOLE_SEARCHING = 8 * WHOLE_BODY;
const TAIL = 64 * 1024;
const SMALL_BODY = 16 * 1024;

const parse = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

const nested = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;

/** Some of the answer: words or arguments, and not the empty ones of a first event. */
const SAID_IN_CHAT = /content": ?"(?!")|"arguments":"/;

const readChatEvent: EventReader = (data) => {
  if (data.includes('prompt_tokens')) {
    const event = parse(data);
    const counts = readChatUsage(event['usage'] ?? nested(event['x_groq'], 'usage'));
    if (counts) return { counts, final: true };
  }
  return { delta: SAID_IN_CHAT.test(data) };
};

const readResponsesEvent: EventReader = (data) => {
  if (data.includes('input_tokens')) {
    const counts = readResponsesUsage(nested(parse(data)['response'], 'usage'));
    if (counts) return { counts, final: true };
  }
  return { delta: data.includes('.delta"') };
};

const readMessagesEvent: EventReader = (data, before) => {
  if (data.includes('output_tokens')) {
    const event = parse(data);
    if (event['type'] === 'message_start') return { counts: readMessagesUsage(nested(event['message'], 'usage'), before) };
    if (event['type'] === 'message_delta') return { counts: readMessagesUsage(event['usage'], before), final: true };
  }
  return { delta: data.includes('content_block_delta') };
};

const readGoogleEvent: EventReader = (data) => {
  const delta = data.includes('"text"') || data.includes('"functionCall"');
  if (!data.includes('usageMetadata')) return { delta };
  const event = parse(data);
  const done = data.includes('"finishReason"');
  return { counts: readGoogleUsage(event['usageMetadata']), final: done, delta };
};

const EVENT_READERS: Partial<Record<Operation, EventReader>> = {
  chat: readChatEvent,
  responses: readResponsesEvent,
  messages: readMessagesEvent,
  'stream-generate': readGoogleEvent,
};

const BODY_READERS: Partial<Record<Operation, { key: string; read: (usage: unknown) => Counts | undefined }>> = {
  chat: { key: 'usage', read: readChatUsage },
  embeddings: { key: 'usage', read: readChatUsage },
  responses: { key: 'usage', read: readResponsesUsage },
  messages: { key: 'usage', read: readMessagesUsage },
  generate: { key: 'usageMetadata', read: readGoogleUsage },
  'stream-generate': { key: 'usageMetadata', read: readGoogleUsage },
};

const estimate = (requestBytes: number, output: number): Counts => ({
  input: Math.ceil(requestBytes / BYTES_PER_TOKEN),
  cachedInput: 0,
  cacheWrite: 0,
  output,
});

/** Whether an event tells of a web search that the provider has made (responses) or makes (messages). */
const SEARCH_EVENTS: Partial<Record<Operation, (data: string) => boolean>> = {
  responses: (data) => data.includes('web_search_call') && data.includes('output_item.done') && isSearch(parse(data)['item']),
  messages: (data) => {
    if (!data.includes('server_tool_use') || !data.includes('content_block_start')) return false;
    const block = parse(data)['content_block'];
    return nested(block, 'type') === 'server_tool_use' && nested(block, 'name') === 'web_search';
  },
};

const createStreamMeter = (read: EventReader, { operation, requestBytes, searching }: Metered): Meter => {
  const tellsOfSearch = searching ? SEARCH_EVENTS[operation] : undefined;
  let counts: Counts | undefined;
  let final = false;
  let deltas = 0;
  let searches = 0;
  const lines = createLineSplitter((line) => {
    const text = line.toString('latin1');
    if (!text.startsWith(DATA)) return;
    const data = text.slice(DATA.length);
    const reading = read(data, counts);
    if (reading.delta) deltas++;
    if (tellsOfSearch?.(data)) searches++;
    if (reading.counts) counts = reading.counts;
    if (reading.final && reading.counts) final = true;
  });
  const withSearches = (usage: Usage): Usage => {
    const most = Math.max(usage.searches ?? 0, searches);
    return most === 0 ? usage : { ...usage, searches: most };
  };
  return {
    push: (chunk) => lines.push(chunk),
    get searches() {
      return searches;
    },
    finish: () => {
      lines.end();
      if (counts && final) return withSearches({ ...counts, exact: true });
      if (counts) return withSearches({ ...counts, output: Math.max(counts.output, deltas), exact: false });
      return withSearches({ ...estimate(requestBytes, deltas), exact: false });
    },
  };
};

/** The last object under `key` in a piece of JSON whose beginning may be missing. */
const lastObjectUnder = (text: string, key: string): unknown => {
  const needle = `"${key}"`;
  for (let at = text.lastIndexOf(needle); at >= 0; at = at === 0 ? -1 : text.lastIndexOf(needle, at - 1)) {
    const start = text.indexOf('{', at + needle.length);
    if (start < 0 || !/^\s*:\s*$/.test(text.slice(at + needle.length, start))) continue;
    let depth = 0;
    for (let index = start; index < text.length; index++) {
      if (text[index] === '{') depth++;
      else if (text[index] === '}' && --depth === 0) return parse(text.slice(start, index + 1));
    }
  }
  return undefined;
};

const CLOSE_BRACE = '}';

/**
 * The object under a key at the end of a body, where providers put it, without reading what stands before: only where nothing but the
 * end of the outermost object follows it and the key stands once, so that it can be no other object's.
 */
const lastOf = (body: Buffer, needle: Buffer): unknown => {
  const at = body.indexOf(needle);
  if (at < 0 || body.indexOf(needle, at + 1) >= 0) return undefined;
  const rest = body.toString('latin1', at + needle.length).trimEnd();
  if (!rest.startsWith('{') || !rest.endsWith(`${CLOSE_BRACE}${CLOSE_BRACE}`)) return undefined;
  try {
    return JSON.parse(rest.slice(0, -1)) as unknown;
  } catch {
    return undefined;
  }
};

const needles = new Map<string, Buffer>();

const needleFor = (key: string): Buffer => {
  const known = needles.get(key) ?? Buffer.from(`,"${key}":`);
  needles.set(key, known);
  return known;
};

/** What a whole body says of its usage: a small one is parsed, a large one only looked through. */
const usageIn = (body: Buffer, key: string): unknown => {
  const last = lastOf(body, needleFor(key));
  if (last !== undefined) return last;
  if (body.length <= SMALL_BODY) return parse(body.toString('utf8'))[key];
  const scanned = scanTopLevel(body, new Set([key]));
  return scanned.ok ? valueOf(body, scanned.values.get(key)) : lastObjectUnder(body.toString('utf8'), key);
};

const createBodyMeter = (
  reader: { key: string; read: (usage: unknown) => Counts | undefined },
  { operation, requestBytes, searching }: Metered,
): Meter => {
  const counted = searching && operation === 'responses';
  let chunks: Buffer[] = [];
  let kept = 0;
  let total = 0;
  const shrink = (): void => {
    if (kept <= (counted ? WHOLE_SEARCHING : WHOLE_BODY)) return;
    const tail = Buffer.from(Buffer.concat(chunks).subarray(-TAIL));
    chunks = [tail];
    kept = tail.length;
  };
  return {
    push: (chunk) => {
      chunks.push(chunk);
      kept += chunk.length;
      total += chunk.length;
      shrink();
    },
    searches: 0,
    finish: () => {
      const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
      const counts = reader.read(kept === total ? usageIn(body, reader.key) : lastObjectUnder(body.toString('utf8'), reader.key));
      const usage: Usage = counts
        ? { ...counts, exact: !counted || kept === total }
        : { ...estimate(requestBytes, Math.ceil(total / BYTES_PER_TOKEN)), exact: false };
      const searches = counted ? searchesIn(parse(body.toString('utf8'))) : 0;
      return searches === 0 ? usage : { ...usage, searches };
    },
  };
};

const UNMETERED: Meter = {
  push: () => undefined,
  searches: 0,
  finish: () => ({ input: 0, cachedInput: 0, cacheWrite: 0, output: 0, exact: true }),
};

/**
 * A meter for one successful response. It reads the provider's own figures; where there are none (a chat stream that
 * did not ask for usage, an answer that was cut), it counts the events that carried text, and says so.
 *
 * @param request what was asked.
 * @param events true when the response is a stream of server-sent events.
 */
export const createMeter = (request: Metered, events: boolean): Meter => {
  const eventReader = EVENT_READERS[request.operation];
  if (events && eventReader) return createStreamMeter(eventReader, request);
  const bodyReader = BODY_READERS[request.operation];
  return bodyReader ? createBodyMeter(bodyReader, request) : UNMETERED;
};

/** What a call is taken to have used when the client left after it was sent and before the provider said anything. */
export const usageOfSilence = (requestBytes: number): Usage => ({ ...estimate(requestBytes, 0), exact: false });
