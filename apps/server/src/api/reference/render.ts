interface Shape {
  $ref?: string;
  type?: string;
  const?: unknown;
  enum?: readonly unknown[];
  anyOf?: readonly Shape[];
  items?: Shape;
  properties?: Readonly<Record<string, Shape>>;
  required?: readonly string[];
}

interface Body {
  content: Readonly<Record<string, { schema: Shape }>>;
}

const schemaOf = ({ content }: Body): Shape => Object.values(content)[0]?.schema ?? {};

interface Operation {
  operationId: string;
  summary: string;
  'x-scope': string;
  'x-boundary': string;
  parameters: readonly { name: string; in: string; required: boolean; schema: Shape }[];
  requestBody?: Body;
  responses: Readonly<Record<string, { description: string } & Body>>;
}

/** The part of the OpenAPI document that the page shows. */
export interface ApiDocument {
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** A schema as people write it: `{ id: string, scopes: ("read" | "write")[] }`; a field that may be absent has a question mark. */
export const describeShape = (shape: Shape): string => {
  if ('const' in shape) return JSON.stringify(shape.const);
  if (shape.enum) return shape.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (shape.anyOf) return shape.anyOf.map(describeShape).join(' | ');
  if (shape.type === 'array') {
    const item = describeShape(shape.items ?? {});
    return item.includes(' | ') ? `(${item})[]` : `${item}[]`;
  }
  if (shape.type === 'object') {
    const fields = Object.entries(shape.properties ?? {}).map(
      ([name, inner]) => `${name}${shape.required?.includes(name) ? '' : '?'}: ${describeShape(inner)}`,
    );
    return fields.length === 0 ? 'object' : `{ ${fields.join(', ')} }`;
  }
  return shape.type ?? (shape.$ref === undefined ? 'any' : (shape.$ref.split('/').at(-1) ?? 'any'));
};

const NEEDS: Readonly<Record<string, string>> = {
  public: 'nothing',
  read: 'a token with the scope read, or a session',
  write: 'a token with the scope write, or a session',
  session: 'a browser session',
  'session-fresh': 'a browser session whose person signed in within the last ten minutes',
};

const parametersTable = ({ parameters }: Operation): string => {
  if (parameters.length === 0) return '';
  const rows = parameters.map(
    ({ name, in: where, required, schema }) =>
      `<tr><td><code>${escape(name)}</code></td><td>${escape(where)}</td><td>${required ? 'yes' : 'no'}</td><td><code>${escape(describeShape(schema))}</code></td></tr>`,
  );
  return `<table><caption>Parameters</caption><thead><tr><th scope="col">Name</th><th scope="col">Where</th><th scope="col">Required</th><th scope="col">Type</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
};

const answers = ({ responses }: Operation): string =>
  Object.entries(responses)
    .map(([status, response]) => {
      if (!status.startsWith('2')) return `<dt>${escape(status)}</dt><dd>${escape(response.description)}</dd>`;
      const shape = schemaOf(response);
      const data = shape.properties?.['ok'] ? shape.properties['data'] : undefined;
      return `<dt>${escape(status)}</dt><dd><code>${data ? 'data: ' : ''}${escape(describeShape(data ?? shape))}</code></dd>`;
    })
    .join('');

const section = (path: string, method: string, operation: Operation): string => {
  const { requestBody } = operation;
  return `<section aria-labelledby="${escape(operation.operationId)}">
<h2 id="${escape(operation.operationId)}"><span class="method">${escape(method.toUpperCase())}</span> <code>${escape(path)}</code></h2>
<p>${escape(operation.summary)}.</p>
<p class="needs">Needs ${escape(NEEDS[operation['x-scope']] ?? operation['x-scope'])}. Fails in the boundary <code>${escape(operation['x-boundary'])}</code>.</p>
${parametersTable(operation)}
${requestBody ? `<p>Body (${escape(Object.keys(requestBody.content)[0] ?? '')}): <code>${escape(describeShape(schemaOf(requestBody)))}</code></p>` : ''}
<dl>${answers(operation)}</dl>
</section>`;
};

/** The API reference as one HTML document without scripts, from the same OpenAPI document that tools read. */
export const renderReference = ({ paths }: ApiDocument): string => {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const index = operations.map(
    ({ path, method, operation }) =>
      `<li><a href="#${escape(operation.operationId)}">${escape(method.toUpperCase())} ${escape(path)}</a></li>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mogplex API reference</title>
<link rel="stylesheet" href="/reference/style.css">
</head>
<body>
<main>
<h1>Mogplex API reference</h1>
<p>Send a token as <code>Authorization: Bearer mog_…</code>. Every answer is <code>{ "ok": true, "data": … }</code> or
<code>{ "ok": false, "error": { code, message, boundary, requestId } }</code>; the request id is also in <code>X-Request-Id</code> and finds
the request in the platform's log. Listings give <code>nextCursor</code>, to be passed back as <code>?cursor=</code>. A limited call answers 429
with <code>Retry-After</code>. The machine-readable form is <a href="/openapi.json">openapi.json</a>.</p>
<nav aria-label="Operations"><ul>${index.join('')}</ul></nav>
${operations.map(({ path, method, operation }) => section(path, method, operation)).join('\n')}
</main>
</body>
</html>
`;
};
