import { ERRORS, errorEnvelope } from '@mogplex/protocol';
import { z } from 'zod';
import type { JsonRoute, Route } from './route.ts';

type Json = Record<string, unknown>;

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return rest;
};

const parametersOf = (route: JsonRoute): Json[] =>
  (['params', 'query'] as const).flatMap((where) => {
    const schema = route.request[where];
    if (!schema) return [];
    const { properties = {}, required = [] } = schemaOf(schema, 'input') as { properties?: Record<string, Json>; required?: string[] };
    return Object.entries(properties).map(([name, shape]) => ({
      name,
      in: where === 'params' ? 'path' : 'query',
      required: where === 'params' || required.includes(name),
      schema: shape,
    }));
  });

/** Codes that the guards can answer for a route, besides those of its handler. */
const guardErrors = (route: JsonRoute): (keyof typeof ERRORS)[] => [
  ...(route.scope === 'public' ? [] : (['unauthenticated', 'forbidden', 'insufficient_scope'] as const)),
  ...(route.request.body ? (['payload_too_large', 'unsupported_media_type'] as const) : []),
  ...(route.request.body || route.request.query || route.request.params ? (['invalid_request'] as const) : []),
  ...(route.rateLimit === 'none' ? [] : (['rate_limited'] as const)),
  'internal',
  'unavailable',
];

const errorResponses = (route: JsonRoute): Json => {
  const byStatus = Map.groupBy(new Set([...guardErrors(route), ...route.errors]), (code) => String(ERRORS[code].status));
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.join(', '),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    ]),
  );
};

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'A repeated request with the same key and body gives the first answer again.',
  schema: { type: 'string', minLength: 1, maxLength: 128 },
};

const operationOf = (route: JsonRoute): Json => ({
  operationId: `${route.method.toLowerCase()}${route.path
    .split('/')
    .map((part) => part.replace(/^:/, 'by-').replace(/(^|[^A-Za-z]+)([a-z])/g, (_all, _gap, letter: string) => letter.toUpperCase()))
    .join('')
    .replace(/[^A-Za-z0-9]/g, '')}`,
  summary: route.summary,
  'x-scope': route.scope,
  'x-boundary': route.boundary,
  security: route.scope === 'public' ? [] : route.scope.startsWith('session') ? [{ session: [] }] : [{ token: [] }, { session: [] }],
  parameters: [...parametersOf(route), ...(route.idempotent ? [IDEMPOTENCY_KEY] : [])],
  ...(route.request.body
    ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.request.body, 'input') } } } }
    : {}),
  responses: {
    [String(route.status)]: {
      description: 'Done',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: { ok: { const: true }, data: schemaOf(route.response, 'output') },
            required: ['ok', 'data'],
            additionalProperties: false,
          },
        },
      },
    },
    ...errorResponses(route),
  },
});

/** The OpenAPI 3.1 document of every JSON route, from the very schemas that check requests and answers. */
export const describeApi = (routes: readonly Route[], publicUrl: string): Json => {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    if (route.kind !== 'json') continue;
    const path = route.path.replace(/:([A-Za-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Mogplex API', version: '1', license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: publicUrl }],
    paths,
    components: {
      schemas: { Error: schemaOf(errorEnvelope, 'output') },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A personal access token (mog_...) or an OAuth access token (mog_at_...).' },
        session: { type: 'apiKey', in: 'cookie', name: 'mogplex.session', description: 'The session of a browser.' },
      },
    },
  };
};
