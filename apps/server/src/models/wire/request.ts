import { MogplexError } from '@mogplex/protocol';
import type { Operation } from '../types.ts';
import { scanTopLevel, type TopLevelValue, valueOf } from './json-top-level.ts';
import { type ProviderTools, readTools } from './tools.ts';

/** What the gateway reads of a request's body; everything else passes unread. */
export interface PeekedRequest {
  /** The model as the client named it. */
  model: string;
  /** Where the model's name stands in the body; undefined where it is part of the path. */
  modelAt: TopLevelValue | undefined;
  stream: boolean;
  /** The most output tokens that the client allows for one answer. */
  maxOutput: number | undefined;
  /** How many answers it asks for. */
  answers: number;
  /**
   * The input cannot be bounded by the body's size: it refers to stored conversations, files or pictures by address, or has tools that
   * the provider itself runs and whose results are input.
   */
  openInput: boolean;
  /** What the provider runs itself. */
  tools: ProviderTools;
  /** The price factor of the service tier or speed that it asks for. */
  multiplier: number;
  /** It may ask for a prompt to be kept for an hour, which costs more than five minutes. */
  keepsForAnHour: boolean;
}

const WANTED = new Set([
  'model',
  'stream',
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
  'generationConfig',
  'generation_config',
  'n',
  'background',
  'service_tier',
  'speed',
  'tools',
  'max_tool_calls',
  'input',
  'web_search_options',
  'search_parameters',
  'mcp_servers',
  'previous_response_id',
  'conversation',
  'prompt',
  'cachedContent',
  'container',
]);
const OPEN_MARKS = [
  Buffer.from('"file_id"'),
  Buffer.from('"image_url"'),
  Buffer.from('"fileUri"'),
  Buffer.from('"file_uri"'),
  Buffer.from('"url"'),
];
/** Each mark holds one of these, so that most bodies are looked through twice and not five times. */
const OPEN_HINTS = [Buffer.from('file'), Buffer.from('url"')];
/** Service tiers, and speeds of Anthropic's models, that providers bill at up to twice the list price. */
const DEAR = new Set<unknown>(['priority', 'fast']);
const AN_HOUR = Buffer.from('"1h"');

const invalid = (message: string): MogplexError => new MogplexError('invalid_request', message, { boundary: 'request' });

const positive = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.ceil(value) : undefined;

const refersElsewhere = (body: Buffer, values: Map<string, TopLevelValue>, operation: Operation, tools: ProviderTools): boolean =>
  tools.bringInput ||
  values.has('previous_response_id') ||
  values.has('conversation') ||
  values.has('cachedContent') ||
  values.has('container') ||
  (operation === 'responses' && values.has('prompt')) ||
  (OPEN_HINTS.some((hint) => body.includes(hint)) && OPEN_MARKS.some((mark) => body.includes(mark)));

const NO_CONFIG: Readonly<Record<string, unknown>> = {};
const KEYS_OF_OUTPUT = ['max_completion_tokens', 'max_output_tokens', 'max_tokens'] as const;

const limits = (body: Buffer, values: Map<string, TopLevelValue>): { maxOutput: number | undefined; answers: number } => {
  const configAt = values.get('generationConfig') ?? values.get('generation_config');
  const config = configAt && valueOf(body, configAt);
  const nested = typeof config === 'object' && config !== null ? (config as Record<string, unknown>) : NO_CONFIG;
  let most = Math.max(positive(nested['maxOutputTokens']) ?? 0, positive(nested['max_output_tokens']) ?? 0);
  for (const key of KEYS_OF_OUTPUT) {
    const at = values.get(key);
    if (at) most = Math.max(most, positive(valueOf(body, at)) ?? 0);
  }
  const answers = positive(valueOf(body, values.get('n'))) ?? positive(nested['candidateCount']) ?? 1;
  return { maxOutput: most > 0 ? most : undefined, answers };
};

/**
 * Reads what entitlement and metering need from a request's body, and nothing more.
 *
 * @param body the JSON body as it came.
 * @param operation decides where the model and the stream flag stand.
 * @param pathModel the model, for formats that carry it in the path.
 * @throws MogplexError `invalid_request` for a body that is no JSON object, names no model, repeats a key that
 *   decides the price, or asks for work that goes on unmetered after the answer (`background`).
 */
export const peekRequest = (body: Buffer, operation: Operation, pathModel?: string): PeekedRequest => {
  const scanned = scanTopLevel(body, WANTED);
  if (!scanned.ok) throw invalid(scanned.reason);
  const { values } = scanned;
  const modelAt = values.get('model');
  const model = pathModel ?? valueOf(body, modelAt);
  if (typeof model !== 'string' || model === '') throw invalid('the request names no model');
  if (values.has('generationConfig') && values.has('generation_config'))
    throw invalid('the key "generationConfig" stands twice in the body');
  if (valueOf(body, values.get('background')) === true)
    throw invalid('background responses cannot be metered, so they are not available here');
  const tools = readTools(body, values, operation);
  const dear = DEAR.has(valueOf(body, values.get('service_tier'))) || DEAR.has(valueOf(body, values.get('speed')));
  const { maxOutput, answers } = limits(body, values);
  return {
    model,
    modelAt: pathModel === undefined ? modelAt : undefined,
    stream: operation === 'stream-generate' || valueOf(body, values.get('stream')) === true,
    maxOutput,
    answers,
    openInput: refersElsewhere(body, values, operation, tools),
    tools,
    multiplier: dear ? 2 : 1,
    keepsForAnHour: operation === 'messages' && body.includes(AN_HOUR),
  };
};

/** The body with another model name in it; every other byte stays. */
export const renameModel = (body: Buffer, at: TopLevelValue, name: string): Buffer =>
  Buffer.concat([body.subarray(0, at.start), Buffer.from(JSON.stringify(name)), body.subarray(at.end)]);
