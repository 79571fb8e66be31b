import type { IncomingMessage } from 'node:http';
import type { Operation, WireFormat } from '../types.ts';

/** What a request to the gateway asks for. */
export interface Target {
  format: WireFormat;
  /** `hello` answers a client's probe, `model` one entry of the list. */
  operation: Operation | 'hello' | 'model';
  /** The model, for formats that carry it in the path, and for one entry of the list. */
  model?: string;
  /** The query that goes on to the upstream, with its question mark. */
  query: string;
  /** The pattern for logs: never what was asked for, which can hold a key. */
  pattern: string;
}

const PREFIX = '/gateway/';
const FIXED = new Map<string, { format: WireFormat; operation: Target['operation'] }>([
  ['POST /gateway/openai/v1/chat/completions', { format: 'openai', operation: 'chat' }],
  ['POST /gateway/openai/v1/responses', { format: 'openai', operation: 'responses' }],
  ['POST /gateway/openai/v1/embeddings', { format: 'openai', operation: 'embeddings' }],
  ['GET /gateway/openai/v1/models', { format: 'openai', operation: 'models' }],
  ['POST /gateway/anthropic/v1/messages', { format: 'anthropic', operation: 'messages' }],
  ['POST /gateway/anthropic/v1/messages/count_tokens', { format: 'anthropic', operation: 'count-tokens' }],
  ['GET /gateway/anthropic/v1/models', { format: 'anthropic', operation: 'models' }],
  ['HEAD /gateway/anthropic/api/hello', { format: 'anthropic', operation: 'hello' }],
  ['GET /gateway/anthropic/api/hello', { format: 'anthropic', operation: 'hello' }],
  ['HEAD /gateway/anthropic', { format: 'anthropic', operation: 'hello' }],
  ['HEAD /gateway/anthropic/', { format: 'anthropic', operation: 'hello' }],
  ['GET /gateway/google/v1beta/models', { format: 'google', operation: 'models' }],
]);
const GOOGLE_ACTIONS: Record<string, Operation> = {
  generateContent: 'generate',
  streamGenerateContent: 'stream-generate',
  countTokens: 'google-count-tokens',
};
const MODEL_LISTS = ['openai/v1', 'anthropic/v1', 'google/v1beta'] as const;
const GOOGLE_CALL = /^\/gateway\/google\/v1beta\/models\/([^:?]+):([A-Za-z]+)$/;
const ONE_MODEL = new RegExp(`^/gateway/(${MODEL_LISTS.join('|')})/models/(.+)$`);

/** Every route of the gateway, as method and pattern. */
export const GATEWAY_ROUTES: readonly string[] = [
  ...FIXED.keys(),
  ...Object.keys(GOOGLE_ACTIONS).map((action) => `POST /gateway/google/v1beta/models/:model:${action}`),
  ...MODEL_LISTS.map((place) => `GET /gateway/${place}/models/:model`),
];

/** The only query parameters that mean something to a provider. */
const PASSED_QUERIES = new Set(['beta', 'alt']);

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

const passedQuery = (search: string): string => {
  if (search === '') return '';
  const kept = [...new URLSearchParams(search)].filter(([name]) => PASSED_QUERIES.has(name));
  return kept.length === 0 ? '' : `?${new URLSearchParams(kept).toString()}`;
};

/** Whether a URL lies beneath the gateway. */
export const isGatewayUrl = (url: string): boolean => url.startsWith(PREFIX);

/** The format of a gateway URL, also of one that leads nowhere, so that its error can be understood. */
export const formatOfUrl = (url: string): WireFormat =>
  url.startsWith('/gateway/anthropic') ? 'anthropic' : url.startsWith('/gateway/google') ? 'google' : 'openai';

/** What a method and a URL ask for; undefined for anything that the gateway does not have. */
export const findTarget = (method: string, url: string): Target | undefined => {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? '' : passedQuery(url.slice(mark + 1));
  const fixed = FIXED.get(`${method} ${path}`);
  if (fixed) return { ...fixed, query, pattern: path };
  const call = method === 'POST' ? GOOGLE_CALL.exec(path) : null;
  const operation = GOOGLE_ACTIONS[call?.[2] ?? ''];
  const called = call?.[1] === undefined ? undefined : decode(call[1]);
  if (call && operation && called !== undefined) {
    return { format: 'google', operation, model: called, query, pattern: `/gateway/google/v1beta/models/:model:${call[2]}` };
  }
  const one = method === 'GET' ? ONE_MODEL.exec(path) : null;
  const model = one?.[2] === undefined ? undefined : decode(one[2]);
  if (one && model !== undefined)
    return { format: formatOfUrl(path), operation: 'model', model, query, pattern: `/gateway/${one[1]}/models/:model` };
  return undefined;
};

/** `?key=` of Google's clients, which must never reach a log. */
const queryKey = (url: string): string | undefined => {
  const mark = url.indexOf('?');
  return mark < 0 ? undefined : (new URLSearchParams(url.slice(mark + 1)).get('key') ?? undefined);
};

const BEARER = /^Bearer +(\S+) *$/i;

const first = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

/**
 * The token of a request, wherever clients of the three formats put theirs: `Authorization: Bearer`, `x-api-key`,
 * `x-goog-api-key`, `?key=`. Where several are given, the one that can be ours counts.
 */
export const tokenOf = (incoming: IncomingMessage): string | undefined => {
  const { authorization } = incoming.headers;
  const bearer = authorization === undefined ? undefined : (BEARER.exec(authorization)?.[1] ?? '');
  if (bearer?.startsWith('mog_')) return bearer;
  const all = [
    bearer,
    first(incoming.headers['x-api-key']),
    first(incoming.headers['x-goog-api-key']),
    queryKey(incoming.url ?? ''),
  ].filter((token) => token !== undefined);
  return all.find((token) => token.startsWith('mog_')) ?? all[0];
};
