import { PAGE_CSP } from '../../http/headers.ts';
import { defineRawRoute, type Route } from '../../http/route.ts';
import { type ApiDocument, renderReference } from './render.ts';
import { REFERENCE_STYLE } from './style.ts';

/**
 * The API reference page.
 *
 * @param document the JSON text of the served OpenAPI document.
 */
export const referenceRoutes = (document: () => string): Route[] => {
  let page: string | undefined;
  return [
    defineRawRoute({
      method: 'GET',
      path: '/reference',
      scope: 'public',
      boundary: 'request',
      summary: 'The API reference',
      handler(c) {
        page ??= renderReference(JSON.parse(document()) as ApiDocument);
        c.env.outgoing.setHeader('content-security-policy', PAGE_CSP);
        return new Response(page, { headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' } });
      },
    }),
    defineRawRoute({
      method: 'GET',
      path: '/reference/style.css',
      scope: 'public',
      boundary: 'request',
      summary: 'The style of the API reference',
      handler: () =>
        new Response(REFERENCE_STYLE, { headers: { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'public, max-age=3600' } }),
    }),
  ];
};
