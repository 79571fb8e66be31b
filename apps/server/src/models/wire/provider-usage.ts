import type { Usage } from '../types.ts';

type Counts = Omit<Usage, 'exact'>;
type Json = Record<string, unknown>;

const object = (value: unknown): Json => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {});

const count = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.min(Math.round(value), 1e9) : 0;

const has = (source: Json, ...keys: string[]): boolean => keys.some((key) => typeof source[key] === 'number');

/** What was written: at least what is left of the total, since xAI does not count its reasoning among the tokens of the answer. */
const outputOf = (source: Json, input: number, output: unknown): number => Math.max(count(output), count(source['total_tokens']) - input);

/** Chat completions and embeddings: `usage.prompt_tokens` includes the cached ones. */
export const readChatUsage = (usage: unknown): Counts | undefined => {
  const source = object(usage);
  if (!has(source, 'prompt_tokens', 'completion_tokens')) return undefined;
  const details = object(source['prompt_tokens_details']);
  const cached = Math.max(count(details['cached_tokens']), count(source['prompt_cache_hit_tokens']));
  const prompt = count(source['prompt_tokens']);
  return {
    input: Math.max(prompt - cached, 0),
    cachedInput: cached,
    cacheWrite: 0,
    output: outputOf(source, prompt, source['completion_tokens']),
  };
};

/** Responses: `usage.input_tokens` includes the cached ones. */
export const readResponsesUsage = (usage: unknown): Counts | undefined => {
  const source = object(usage);
  if (!has(source, 'input_tokens', 'output_tokens')) return undefined;
  const cached = count(object(source['input_tokens_details'])['cached_tokens']);
  const input = count(source['input_tokens']);
  return {
    input: Math.max(input - cached, 0),
    cachedInput: cached,
    cacheWrite: 0,
    output: outputOf(source, input, source['output_tokens']),
  };
};

/** Messages: the three kinds of input tokens stand apart; a later report may hold only some of them. */
export const readMessagesUsage = (usage: unknown, before?: Counts): Counts | undefined => {
  const source = object(usage);
  if (!has(source, 'input_tokens', 'output_tokens')) return before;
  const later = (key: string, known: number): number => (typeof source[key] === 'number' ? Math.max(count(source[key]), known) : known);
  const cacheWrite = later('cache_creation_input_tokens', before?.cacheWrite ?? 0);
  const said = Math.max(count(object(source['cache_creation'])['ephemeral_1h_input_tokens']), before?.cacheWriteHour ?? 0);
  const hour = Math.min(said, cacheWrite);
  const searches = Math.max(count(object(source['server_tool_use'])['web_search_requests']), before?.searches ?? 0);
  return {
    input: later('input_tokens', before?.input ?? 0),
    cachedInput: later('cache_read_input_tokens', before?.cachedInput ?? 0),
    cacheWrite,
    ...(hour > 0 ? { cacheWriteHour: hour } : {}),
    ...(searches > 0 ? { searches } : {}),
    output: later('output_tokens', before?.output ?? 0),
  };
};

/** Gemini: thoughts are billed as output, tool results as input. */
export const readGoogleUsage = (usage: unknown): Counts | undefined => {
  const source = object(usage);
  if (!has(source, 'promptTokenCount', 'totalTokenCount')) return undefined;
  const cached = count(source['cachedContentTokenCount']);
  const prompt = count(source['promptTokenCount']) + count(source['toolUsePromptTokenCount']);
  return {
    input: Math.max(prompt - cached, 0),
    cachedInput: cached,
    cacheWrite: 0,
    output: count(source['candidatesTokenCount']) + count(source['thoughtsTokenCount']),
  };
};

/** Steps of a search that OpenAI does not charge for. */
const FREE_STEPS = new Set<unknown>(['open_page', 'find_in_page', 'find']);

/** Whether an item of a response is a web search that is charged for. */
export const isSearch = (item: unknown): boolean => {
  const { type, action } = object(item);
  return type === 'web_search_call' && !FREE_STEPS.has(object(action)['type']);
};

/** How many web searches a whole response tells of. */
export const searchesIn = (body: unknown): number => {
  const { output } = object(body);
  return Array.isArray(output) ? output.filter(isSearch).length : 0;
};
