import { ERRORS, errorEnvelope } from '@mogplex/protocol';
import { z } from 'zod';
import type { Description, JsonRoute, Route } from './route.ts';

type Json = Record<string, unknown>;

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return rest;
};

/** A route as the document shows it, JSON or raw. */
type Described = Pick<JsonRoute, 'path' | 'scope' | 'boundary' | 'summary' | 'method' | 'request' | 'response' | 'errors' | 'idempotent'> &
  Required<Pick<Description, 'bodyType' | 'bare'>> &
  Pick<Description, 'failure'> & { limited: boolean; status: number };

const describedRoute = (route: Route): Described | undefined => {
  const { path, scope, boundary, summary, method } = route;
  const base = { path, scope, boundary, summary, limited: route.rateLimit !== 'none' };
  const asJson = { bodyType: 'application/json', bare: false } as const;
  if (route.kind === 'json') {
    const { request, response, errors, idempotent, status } = route;
    return { ...base, ...asJson, method: route.method, request, response, errors, idempotent, status };
  }
  if (!route.describes || method === 'ALL' || method === 'OPTIONS') return undefined;
  return { ...base, ...asJson, method, request: {}, errors: [], idempotent: false, status: 200, ...route.describes };
};

const parametersOf = (route: Described): Json[] =>
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
const guardErrors = ({ scope, request, limited, idempotent }: Described): (keyof typeof ERRORS)[] => [
  ...(scope === 'public' ? [] : (['unauthenticated', 'forbidden', 'insufficient_scope'] as const)),
  ...(request.body ? (['payload_too_large', 'unsupported_media_type'] as const) : []),
  ...(request.body || request.query || request.params ? (['invalid_request'] as const) : []),
  ...(idempotent ? (['conflict'] as const) : []),
  ...(limited ? (['rate_limited'] as const) : []),
  'internal',
  'unavailable',
];

const ENVELOPE = { name: 'Error', schema: errorEnvelope };

const errorResponses = (route: Described): Json => {
  const byStatus = Map.groupBy(new Set([...guardErrors(route), ...route.errors]), (code) => String(ERRORS[code].status));
  const { name } = route.failure ?? ENVELOPE;
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.join(', '),
        content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
      },
    ]),
  );
};

const successOf = ({ bare, response }: Described): Json =>
  bare
    ? schemaOf(response, 'output')
    : {
        type: 'object',
        properties: { ok: { const: true }, data: schemaOf(response, 'output') },
        required: ['ok', 'data'],
        additionalProperties: false,
      };

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'A repeated request with the same key and body gives the first answer again.',
  schema: { type: 'string', minLength: 1, maxLength: 128 },
};

const operationOf = (route: Described): Json => ({
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
    ? { requestBody: { required: true, content: { [route.bodyType]: { schema: schemaOf(route.request.body, 'input') } } } }
    : {}),
  responses: {
    [String(route.status)]: {
      description: 'Done',
      content: {
        'application/json': { schema: successOf(route) },
      },
    },
    ...errorResponses(route),
  },
});

/** The OpenAPI 3.1 document of every route that speaks JSON, from the very schemas that check requests and answers. */
export const describeApi = (routes: readonly Route[], publicUrl: string): Json => {
  const described = routes.map(describedRoute).filter((route) => route !== undefined);
  const paths: Record<string, Json> = {};
  for (const route of described) {
    const path = route.path.replace(/:([A-Za-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  const failures = new Map([ENVELOPE, ...described.flatMap(({ failure }) => failure ?? [])].map(({ name, schema }) => [name, schema]));
  return {
    openapi: '3.1.0',
    info: { title: 'Mogplex API', version: '1', license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: publicUrl }],
    paths,
    components: {
      schemas: Object.fromEntries([...failures].map(([name, schema]) => [name, schemaOf(schema, 'output')])),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A personal access token (mog_...) or an OAuth access token (mog_at_...).' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: `${publicUrl.startsWith('https:') ? '__Host-' : ''}mogplex.session_token`,
          description: 'The session of a browser.',
        },
      },
    },
  };
};
