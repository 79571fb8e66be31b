import type { IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { MogplexError } from '@mogplex/protocol';
import { PAGE_CSP } from '../http/headers.ts';
import { defineRawRoute, type HttpContext, type Route } from '../http/route.ts';
import { type PageFile, readPageFiles } from './files.ts';

/** Every path that shows a page. The page itself decides what to show. */
const PAGES = ['/', '/set-up', '/sign-in', '/authorize', '/device', '/invite', '/runs', '/runs/*', '/settings', '/settings/*'];

const encodingOf = (incoming: IncomingMessage): 'brotli' | 'gzip' | 'plain' => {
  const accepted = String(incoming.headers['accept-encoding'] ?? '');
  if (/\bbr\b/.test(accepted)) return 'brotli';
  return /\bgzip\b/.test(accepted) ? 'gzip' : 'plain';
};

const CONTENT_ENCODING = { brotli: 'br', gzip: 'gzip', plain: undefined } as const;

const answer = ({ env }: HttpContext, file: PageFile, cacheControl: string, status: 200 | 404 = 200): Response => {
  const headers = new Headers({ 'cache-control': cacheControl, etag: file.etag, vary: 'accept-encoding' });
  if (status === 200 && env.incoming.headers['if-none-match'] === file.etag) return new Response(null, { status: 304, headers });
  const encoding = encodingOf(env.incoming);
  const contentEncoding = CONTENT_ENCODING[encoding];
  headers.set('content-type', file.type);
  if (contentEncoding !== undefined) headers.set('content-encoding', contentEncoding);
  return new Response(file[encoding], { status, headers });
};

export interface WebRoom {
  routes: Route[];
  /** What a browser that looks for a page sees at a path where nothing lives; undefined for every other client. */
  missingPage(c: HttpContext): Response | undefined;
}

/**
 * The pages of the control plane: one document for every page path, assets under names that change with their content.
 *
 * @param folder where the pages were built; default the one beside this server.
 */
export const openWeb = (folder = fileURLToPath(new URL('../../../web/dist', import.meta.url))): WebRoom => {
  const files = readPageFiles(folder);
  const show = (c: HttpContext, document: PageFile, status: 200 | 404): Response => {
    c.env.outgoing.setHeader('content-security-policy', PAGE_CSP);
    return answer(c, document, 'no-cache', status);
  };
  const page = (path: string): Route =>
    defineRawRoute({
      method: 'GET',
      path,
      scope: 'public',
      boundary: 'request',
      rateLimit: 'none',
      summary: 'A page of the control plane',
      handler(c) {
        const document = files.get('/index.html');
        if (!document) {
          throw new MogplexError('unavailable', 'the pages are not built', { boundary: 'configuration', hint: 'Run npm run build.' });
        }
        return show(c, document, 200);
      },
    });
  const asset = (path: string): Route =>
    defineRawRoute({
      method: 'GET',
      path,
      scope: 'public',
      boundary: 'request',
      rateLimit: 'none',
      summary: 'A part of the pages',
      handler(c) {
        const file = files.get(c.req.path);
        if (!file) throw new MogplexError('not_found', 'there is nothing at this path', { boundary: 'request' });
        return answer(c, file, c.req.path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  return {
    routes: [...PAGES.map(page), asset('/assets/*'), asset('/favicon.svg')],
    missingPage(c) {
      const document = files.get('/index.html');
      if (document === undefined || c.req.method !== 'GET' || !/\btext\/html\b/.test(c.req.header('accept') ?? '')) return undefined;
      return show(c, document, 404);
    },
  };
};
