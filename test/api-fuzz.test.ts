import { type ApiOperation, compileResponses, readApiDocument } from '@mogplex/server/test/openapi';
import { createPerson, makeTokenFor, signIn } from '@mogplex/server/test/people';
import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromSchema, type JsonSchema, type Known, orKnown } from './support/from-schema.ts';
import { startPlatform } from './support/platform.ts';
import { describeStores, openStore, temporaryFolder } from './support/stores.ts';
import { knownId, makeThings, type Things } from './support/things.ts';

type Operation = ApiOperation<JsonSchema>;

interface Case {
  path: Record<string, unknown>;
  query: Record<string, unknown>;
  body: unknown;
  who: number;
  /** `Idempotency-Key`. */
  key?: string | undefined;
}

/** What looks like the cursor of a page, with moments and ids that no row has. */
const CURSORS = [0, 1, -1, 1.5, Date.now(), 8.64e15, 8.65e15, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 1e300, null, '1'].flatMap(
  (at) => ['x', '', '\u0000', '\ud800', 7, 'x'.repeat(300)].map((id) => Buffer.from(JSON.stringify([at, id])).toString('base64url')),
);

/** What chance would not find for fields of these names. */
const KNOWN: Known = {
  expires: ['30d'],
  email: ['a@example.com'],
  model: ['openai/gpt-5'],
  repository: ['a/b'],
  redirect_uris: [['https://a.example/cb']],
  client_id: ['mogplex-cli'],
  scope: ['read'],
  code: ['BCDF-GHJK'],
  url: ['https://example.invalid/'],
  plan: ['standard'],
};

const KEYS = ['one-key', 'another-key', 'x'.repeat(129), 'two words', ''];

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** One path segment that stays one: dots and nothing at all would lead to another path. */
const segmentOf = (value: unknown): string => {
  const text = textOf(value).toWellFormed();
  return /^\.*$/.test(text) ? 'x' : encodeURIComponent(text);
};

/** Requests to an operation; `things` exist. */
const caseOf = (path: string, { parameters, requestBody }: Operation, things: Things): Arbitrary<Case> => {
  const known = { ...KNOWN, teamId: [things.team], serviceAccountId: [things.machine], cursor: CURSORS };
  const named = (where: 'path' | 'query'): Record<string, Arbitrary<unknown>> =>
    Object.fromEntries(
      parameters.flatMap((parameter) => {
        if (parameter.in !== where) return [];
        const { name, schema } = parameter;
        const id = where === 'path' ? knownId(things, path, name) : undefined;
        return [[name, orKnown(fromSchema(schema), id === undefined ? known[name as keyof typeof known] : [id])]];
      }),
    );
  const takesKey = parameters.some((parameter) => parameter.in === 'header');
  return fc.record({
    path: fc.record(named('path')),
    query: fc.record(named('query'), { requiredKeys: [] }),
    key: takesKey ? fc.option(fc.constantFrom(...KEYS), { nil: undefined }) : fc.constant(undefined),
    body: requestBody ? fromSchema(Object.values(requestBody.content)[0]?.schema ?? {}, known) : fc.constant(undefined),
    who: fc.nat(5),
  });
};

/** A body in the form that the operation takes; a form is made of whatever fields there are. */
const bodyOf = ({ requestBody }: Operation, body: unknown): { body?: string; type?: string } => {
  const type = Object.keys(requestBody?.content ?? {})[0];
  if (type === undefined || body === undefined) return {};
  if (type === 'application/json') return { type, body: JSON.stringify(body) };
  const fields = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  return { type, body: new URLSearchParams(fields.map(([name, value]) => [name.toWellFormed(), textOf(value).toWellFormed()])).toString() };
};

const send = (
  url: string,
  method: string,
  path: string,
  input: Case,
  operation: Operation,
  headers: Record<string, string>,
): Promise<Response> => {
  const target = new URL(url + path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => segmentOf(input.path[name])));
  for (const [name, value] of Object.entries(input.query)) target.searchParams.set(name, textOf(value));
  const { type, body } = bodyOf(operation, input.body);
  return fetch(target, {
    method: method.toUpperCase(),
    headers: {
      ...headers,
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(input.key === undefined ? {} : { 'idempotency-key': input.key }),
    },
    ...(body === undefined ? {} : { body }),
  });
};

const reasonOf = (error: unknown): string => {
  const causes: string[] = [];
  for (let cause = error; cause instanceof Error; { cause } = cause) causes.push(cause.message);
  return causes.toReversed().join('\n').slice(0, 1_500);
};

describeStores('B22 the served OpenAPI document', (stores) => {
  const cases = 150;

  test(`B22 ${cases} requests a route, fitting and wild: no 5xx, and every answer is as described`, { timeout: 300_000 }, async () => {
    const place = await stores.place();
    const platform = await startPlatform(place, { MOGPLEX_LOG: 'error' });
    const store = await stores.open(place);
    const person = await createPerson(store);
    const { things } = await makeThings(platform, store, person);
    const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
    const session = { cookie: await signIn(platform.url, person), origin: platform.url };
    const callers = [
      session,
      session,
      session,
      bearer((await makeTokenFor(store, { accountId: person.id })).token),
      bearer((await makeTokenFor(store, { accountId: person.id, scopes: new Set(['read']) })).token),
      {},
    ];
    const document = await readApiDocument<JsonSchema>(platform.url);
    expect(document.openapi).toBe('3.1.0');
    const validators = compileResponses(document);

    const one = async (method: string, path: string, operation: Operation): Promise<void> => {
      await fc.assert(
        fc.asyncProperty(caseOf(path, operation, things), async (input) => {
          const response = await send(platform.url, method, path, input, operation, callers[input.who] ?? {});
          const text = await response.text();
          const name = `${method} ${path} ${response.status}`;
          seen.set(response.status, (seen.get(response.status) ?? 0) + 1);
          if (response.ok) succeeded.add(`${method} ${path}`);
          const valid = validators.get(name);
          if (response.status >= 500 || !valid) throw new Error(`${name} is not described: ${text}`);
          if (!valid(JSON.parse(text))) throw new Error(`${name}: ${JSON.stringify(valid.errors)} in ${text}`);
        }),
        { numRuns: cases, interruptAfterTimeLimit: 120_000, markInterruptAsFailure: true },
      );
    };
    const seen = new Map<number, number>();
    const succeeded = new Set<string>();
    const failures: string[] = [];
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
    // Signing out ends the session that the others are called with.
    const last = operations.filter(({ path }) => path.endsWith('/sign-out'));
    // What deletes comes when the others are through, what lies deepest first.
    const queue = operations
      .filter((operation) => !last.includes(operation))
      .toSorted((a, b) => Number(b.method === 'delete') - Number(a.method === 'delete') || a.path.length - b.path.length);
    const work = async (): Promise<void> => {
      for (let next = queue.pop(); next; next = queue.pop()) {
        await one(next.method, next.path, next.operation).catch((error: unknown) =>
          failures.push(`${next.method} ${next.path}: ${reasonOf(error)}`),
        );
      }
    };
    await Promise.all([work(), work(), work(), work()]);
    queue.push(...last);
    await work();
    expect(failures).toEqual([]);
    expect(operations.length).toBeGreaterThan(20);
    // Enough of them got past the guards and the schemas, and most routes did once what they are for.
    expect(seen.get(200) ?? 0).toBeGreaterThan(operations.length * cases * 0.1);
    expect(succeeded.size).toBeGreaterThan(operations.length * 0.6);
    await platform.close();
  });
});

describe('B22 the envelope', () => {
  test('B22 a body of another type, of wrong JSON and of too many bytes each get their own code', async () => {
    const place = { dataDir: await temporaryFolder() };
    const platform = await startPlatform(place, { MOGPLEX_BODY_LIMIT: '2000' });
    const store = await openStore(place);
    const person = await createPerson(store);
    const headers = { cookie: await signIn(platform.url, person), origin: platform.url };
    const post = async (type: string, body: string, more: Record<string, string> = {}): Promise<unknown> => {
      const response = await fetch(`${platform.url}/api/v1/mogplex/tokens`, {
        method: 'POST',
        headers: { ...headers, 'content-type': type, ...more },
        body,
      });
      const { error } = (await response.json()) as { error: { code: string; boundary: string } };
      return [response.status, error.code, error.boundary];
    };
    expect(await post('text/plain', '{}')).toEqual([415, 'unsupported_media_type', 'request']);
    expect(await post('application/json', '{}', { 'content-encoding': 'gzip' })).toEqual([415, 'unsupported_media_type', 'request']);
    expect(await post('application/json', '{')).toEqual([400, 'invalid_request', 'request']);
    expect(await post('application/json', JSON.stringify({ name: 'x'.repeat(3_000) }))).toEqual([413, 'payload_too_large', 'request']);
    expect(await post('application/json', JSON.stringify({ name: 'a\u0000b', scopes: ['read'], expires: null }))).toEqual([
      400,
      'invalid_request',
      'request',
    ]);
    await store.close();
    await platform.close();
  });

  test('B22 a body that nests without end is refused in words, whoever sends it', async () => {
    const platform = await startPlatform({ dataDir: await temporaryFolder() });
    const post = async (path: string, open: string, close: string): Promise<unknown> => {
      const body = `{"email":${open.repeat(9_000)}1${close.repeat(9_000)}}`;
      const headers = { 'content-type': 'application/json', origin: platform.url };
      const response = await fetch(`${platform.url}/api/v1/mogplex${path}`, { method: 'POST', headers, body });
      const { error } = (await response.json()) as { error: { code: string; message: string } };
      return [response.status, error.code, error.message];
    };
    const refused = [400, 'invalid_request', 'body: it nests more than 64 levels'];
    expect(await post('/auth/sign-in', '[', ']')).toEqual(refused);
    expect(await post('/auth/sign-in', '{"a":', '}')).toEqual(refused);
    expect(await post('/invitations/preview', '[', ']')).toEqual(refused);
    await platform.close();
  });
});
