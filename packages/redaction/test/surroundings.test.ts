import { describe, expect, test } from 'vitest';
import { createKnownValues, createRedactor } from '../src/index.ts';
import { isGone, numbers, token } from './samples.ts';

const redactor = createRedactor({ known: createKnownValues() });
const next = numbers(42);
const hex = (length: number): string => Array.from({ length }, () => '0123456789abcdef'[Math.floor(next() * 16)]).join('');
const key = token('', 36, next);
const password = ['Tr0ub4', 'dor&3x'].join('');

describe('D1 secrets found by what stands around them', () => {
  test.each([
    ['ini', `api_token = ${key}`, key],
    ['quoted', `acmeToken := "${key}"`, key],
    ['typed', `var acmeToken string = "${key}"`, key],
    ['make', `ACME_TOKEN ?= ${key}`, key],
    ['JSON', `{"client_secret" : "${key}"}`, key],
    ['JSON in JSON', JSON.stringify({ config: JSON.stringify({ secretKey: key }) }), key],
    ['YAML', `  password: ${password}`, password],
    ['XML', `<serviceToken>\n   ${key}\n</serviceToken>`, key],
    ['XML attributes', `<add key="Password" value="${password}" />`, password],
    ['call', `System.setProperty("API_TOKEN", "${key}")`, key],
    ['default', `const token = process.env.ACME_TOKEN || "${key}"`, key],
    ['prose', `the password is ${password}.`, password],
    ['header', `x-api-key: ${key}`, key],
    ['authorization', `authorization: ApiKey ${key}`, key],
    ['query', `GET /v1?access_token=${key}&page=2`, key],
    ['flag', `deploy --api-key ${key} --force`, key],
    ['curl', `curl -u ana:${password} https://example.org/`, password],
    ['docker', `docker login -u ana -p ${password} registry.example.org`, password],
    ['SQL', `CREATE USER ana IDENTIFIED BY '${password}'`, password],
    ['netrc', `machine example.org login ana password ${password}`, password],
    ['connection string', `Server=db;User Id=sa;Password=${password};Encrypt=true`, password],
    ['service', `algolia = '${hex(32)}'`, ''],
    ['service in a log', `[DEBUG] virustotal api ${hex(64)}`, ''],
    ['twilio', `account SK${hex(32)}`, ''],
    ['airtable', `pat${token('', 14, next)}.${hex(64)}`, ''],
  ])('D1 %s', (_, text, secret) => {
    const out = redactor.text(text).text;
    expect(out).toContain('[redacted:');
    expect(secret === '' || isGone(out, secret)).toBe(true);
    expect(redactor.text(out).text).toBe(out);
  });
});

describe('D1 ordinary text stays as it is', () => {
  test.each([
    ['references', 'token: ${{ secrets.TOKEN }} password=$PASSWORD api_key: <your-api-key> secret = process.env.SECRET'],
    ['code', 'const token = await getToken(session); password: string; if (key === other.key) return authToken.value;'],
    ['usage', '{"usage":{"input_tokens":177869,"output_tokens":191092,"max_tokens":4096,"total_tokens":368961}}'],
    [
      'identifiers',
      `run ${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)} commit ${hex(40)} etag W/"${hex(16)}" session_id=abc-${hex(12)}`,
    ],
    ['locks', `"integrity": "sha512-${Buffer.from(hex(64)).toString('base64')}", resolved sha256:${hex(64)}`],
    ['files', 'at Object.getToken (/srv/app/node_modules/@auth/core/dist/token-store.js:169:41)'],
    ['object ids', `"parent":"msg_01${token('', 22, next)}", tool_use_id=toolu_01${token('', 22, next)}`],
    ['URLs', 'https://${user}:${password}@example.org/ https://example.org/a?b=c#d git@github.com:cli/cli.git'],
    ['keys of tables', 'primary key (id), foreign key (tenant_id) references tenants(id); key: value; hotkey=ctrl+shift+p'],
    ['a stand-in for a key block', '-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----'],
    ['an image', `data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA${Buffer.from(hex(90), 'hex').toString('base64')}`],
  ])('D1 %s', (_, text) => {
    expect(redactor.text(text)).toEqual({ text, masked: [] });
  });
});
