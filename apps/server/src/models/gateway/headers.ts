import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { WireFormat } from '../types.ts';

/** What a client's request may say to a provider. Credentials, cookies and the account's organisation stay here. */
const REQUEST_HEADERS = new Set([
  'content-type',
  'accept',
  'user-agent',
  'idempotency-key',
  'anthropic-version',
  'anthropic-beta',
  'anthropic-dangerous-direct-browser-access',
  'openai-beta',
  'originator',
  'session_id',
  'conversation_id',
  'x-app',
  'x-client-request-id',
  'x-goog-api-client',
]);
const REQUEST_PREFIXES = ['x-stainless-', 'x-claude-code-', 'x-codex-'];

/** What a provider's answer may say to a client. The upstream account's limits, cookies and ids stay here. */
const RESPONSE_HEADERS = new Set([
  'content-type',
  'content-length',
  'cache-control',
  'content-disposition',
  'openai-version',
  'openai-processing-ms',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
]);

/** How each format carries the provider's key. */
const KEY_HEADERS: Record<WireFormat, (key: string) => [string, string]> = {
  openai: (key) => ['authorization', `Bearer ${key}`],
  anthropic: (key) => ['x-api-key', key],
  google: (key) => ['x-goog-api-key', key],
};

const DEFAULT_ANTHROPIC_VERSION = '2023-06-01';

/**
 * The headers of the upstream request: those of the client that are on the list, the provider's key, and nothing
 * about us. No `accept-encoding`, since usage is read from the bytes that pass.
 */
export const upstreamHeaders = (incoming: IncomingHttpHeaders, format: WireFormat, key: string): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (const name in incoming) {
    if (!REQUEST_HEADERS.has(name) && !REQUEST_PREFIXES.some((prefix) => name.startsWith(prefix))) continue;
    const value = incoming[name];
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ');
  }
  if (format === 'anthropic') headers['anthropic-version'] ??= DEFAULT_ANTHROPIC_VERSION;
  const [name, value] = KEY_HEADERS[format](key);
  headers[name] = value;
  return headers;
};

/**
 * The headers of the answer to the client.
 *
 * @param mask takes the upstream's key out of a value.
 */
export const clientHeaders = (upstream: IncomingHttpHeaders, requestId: string, mask: (value: string) => string): OutgoingHttpHeaders => {
  const headers: OutgoingHttpHeaders = { 'x-request-id': requestId, 'request-id': requestId };
  for (const name in upstream) {
    if (!RESPONSE_HEADERS.has(name)) continue;
    const value = upstream[name];
    if (value !== undefined) headers[name] = mask(typeof value === 'string' ? value : value.join(', '));
  }
  return headers;
};

const REQUEST_ID = /^[\w.-]{1,100}$/;

/** The id under which a provider finds a call in its own log; undefined where it says none that can be one. @param key is never told. */
export const providerRequestOf = (upstream: IncomingHttpHeaders, key: string): string | undefined => {
  const said = upstream['x-request-id'] ?? upstream['request-id'];
  return typeof said === 'string' && REQUEST_ID.test(said) && !said.includes(key) ? said : undefined;
};
