import { allowInsecureRequests, customFetch } from 'oauth4webapi';
import { isLoopback } from './url.ts';

/** The name under which we talk to every service. */
export const CLIENT_NAME = 'moxxy/0.1.0';
/** A token endpoint that has not answered after this long is not waited for, in ms. */
export const REQUEST_TIMEOUT_MS = 15_000;
const BODY_LIMIT = 1024 * 1024;

/** How a flow reaches the service. */
export interface Transport {
  fetch: typeof fetch;
  signal: AbortSignal;
  /** Ms before one request is given up, 15,000 when not given. */
  timeoutMs?: number;
}

const limited = async (response: Response): Promise<Uint8Array<ArrayBuffer>> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > BODY_LIMIT) throw new TypeError('the answer is larger than 1 MiB');
    chunks.push(chunk);
  }
  const body = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return body;
};

/** Turns the body of a token answer into one that the protocol library accepts; see {@link tokenRequestOptions}. */
type Mend = (body: Record<string, unknown>) => Record<string, unknown>;

const mended = (body: Uint8Array<ArrayBuffer>, mend: Mend): Uint8Array<ArrayBuffer> => {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(body));
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return body;
    return new TextEncoder().encode(JSON.stringify(mend({ ...parsed })));
  } catch {
    return body;
  }
};

const fetchWhole =
  ({ fetch: send, timeoutMs = REQUEST_TIMEOUT_MS }: Transport, mend: Mend) =>
  async (
    url: string,
    init: { body?: unknown; headers: Record<string, string>; method: string; signal?: AbortSignal },
  ): Promise<Response> => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    const response = await send(url, {
      method: init.method,
      headers: { ...init.headers, 'user-agent': CLIENT_NAME },
      redirect: 'manual',
      signal,
      ...(init.body === undefined ? {} : { body: init.body as URLSearchParams }),
    });
    const body = await limited(response);
    const carriesNone = response.status === 204 || response.status === 304 || response.status < 200;
    return new Response(carriesNone ? null : mended(body, mend), { status: response.status, headers: response.headers });
  };

const asIs: Mend = (body) => body;

/** Request options of the protocol library: our fetch with a time-out and a size limit; plain http on loopback only. */
export const requestOptions = (transport: Transport, endpoint: string, mend: Mend = asIs) => ({
  [customFetch]: fetchWhole(transport, mend),
  [allowInsecureRequests]: isLoopback(new URL(endpoint)),
  signal: transport.signal,
});

const lifetime = (value: unknown): number | undefined => {
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
};

/**
 * A token answer is taken even where it is sloppy, since refusing it would lose a single-use refresh token: a lifetime
 * written as a string is read, one that makes no sense counts as not given, a missing token type means bearer.
 */
const mendToken: Mend = ({ expires_in, ...body }) => {
  const seconds = lifetime(expires_in);
  return { ...body, token_type: body['token_type'] ?? 'Bearer', ...(seconds === undefined ? {} : { expires_in: seconds }) };
};

/** {@link requestOptions} for a token endpoint. */
export const tokenRequestOptions = (transport: Transport, endpoint: string) => requestOptions(transport, endpoint, mendToken);

/** The same for a refresh, whose id token nobody reads: it is dropped, so that it cannot spoil the answer. */
export const refreshRequestOptions = (transport: Transport, endpoint: string) =>
  requestOptions(transport, endpoint, (body) => {
    const { id_token: _unread, ...rest } = mendToken(body);
    return rest;
  });
