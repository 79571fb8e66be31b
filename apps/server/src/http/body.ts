import type { IncomingMessage } from 'node:http';
import { MogplexError } from '@mogplex/protocol';

const tooLarge = (limit: number): MogplexError =>
  new MogplexError('payload_too_large', `the request body is larger than ${limit} bytes`, { boundary: 'request' });

/**
 * Reads a request body, at most `limit` bytes of it.
 *
 * @throws MogplexError `payload_too_large` as soon as the limit is passed, before reading when `Content-Length` already says so;
 *   `unsupported_media_type` for a compressed one (RFC 9110 section 8.4), whose size would not be known before it is unpacked.
 */
export const readBody = async (incoming: IncomingMessage, limit: number): Promise<Buffer> => {
  const { 'content-encoding': encoding = 'identity' } = incoming.headers;
  if (encoding !== 'identity') {
    throw new MogplexError('unsupported_media_type', 'request bodies must not be compressed', { boundary: 'request' });
  }
  if (Number(incoming.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/**
 * Parses a JSON body. An empty one is undefined.
 *
 * @throws MogplexError `unsupported_media_type` unless the content type is JSON (which no HTML form can send), `invalid_request`.
 */
export const parseJson = (body: Buffer, contentType: string | undefined): unknown => {
  if (body.length === 0) return undefined;
  if (!/^application\/json\s*(;|$)/i.test(contentType ?? '')) {
    throw new MogplexError('unsupported_media_type', 'the request body must be application/json', { boundary: 'request' });
  }
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw new MogplexError('invalid_request', 'the request body is not JSON', { boundary: 'request' });
  }
};
