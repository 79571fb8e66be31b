import { inspect } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { knownValues } from '@mogplex/redaction';
import { describe, expect, test } from 'vitest';
import { Secret } from './secret.ts';

const VALUE = 'sk-canary-0123456789';
const secret = new Secret(VALUE, 'env OPENAI_API_KEY');
/** The secret where the type checker would refuse it. */
const text = secret as unknown as string;
const MASK = '[secret:env OPENAI_API_KEY]';

describe('A1 a secret shows nothing but its label', () => {
  const ways: [string, () => unknown][] = [
    ['a template', () => `${text}`],
    ['concatenation', () => '' + String(secret)],
    ['String()', () => String(secret)],
    ['toLocaleString', () => secret.toLocaleString()],
    ['JSON', () => JSON.stringify({ secret, list: [secret] })],
    ['inspect', () => inspect(secret)],
    ['inspect with everything shown', () => inspect({ deep: { secret } }, { showHidden: true, depth: Infinity, getters: true })],
    ['inspect without custom functions', () => inspect(secret, { customInspect: false, showHidden: true })],
    ['an error message', () => new Error(`no: ${text}`).stack],
    ['spread', () => JSON.stringify({ ...(secret as object) })],
    ['own keys', () => Reflect.ownKeys(secret).join()],
    ['entries', () => JSON.stringify(Object.entries(secret))],
    ['structuredClone', () => inspect(structuredClone(secret), { showHidden: true })],
    ['v8.serialize', () => serialize(secret).toString('latin1') + inspect(deserialize(serialize(secret)))],
    ['Buffer.from', () => Buffer.from(text).toString()],
    ['URL and query', () => new URL(`http://h/?k=${text}`).href + new URLSearchParams({ k: text }).toString()],
    ['a date, a number', () => Number(secret)],
    ['a property key', () => Object.keys({ [text]: 1 }).join()],
    ['join', () => [secret].join()],
  ];
  test.each(ways)('%s', (_, way) => {
    expect(String(way())).not.toContain(VALUE);
  });

  test('and a message to another thread', () => {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(secret);
    expect(inspect(receiveMessageOnPort(port2), { showHidden: true, depth: 5 })).not.toContain(VALUE);
    port1.close();
  });

  test('it prints its label', () => {
    expect([String(secret), inspect(secret), JSON.stringify(secret)]).toEqual([MASK, MASK, `"${MASK}"`]);
    expect(inspect({ key: secret })).toBe(`{ key: ${MASK} }`);
  });
});

describe('A1 a secret opens by reveal() alone', () => {
  test('reveal gives the value', () => {
    expect(secret.reveal()).toBe(VALUE);
  });

  test('== and === compare nothing of the value', () => {
    const loose = (a: unknown, b: unknown): boolean => a == b;
    expect(loose(secret, VALUE)).toBe(false);
    expect(loose(secret, new Secret(VALUE, 'other'))).toBe(false);
  });

  test('equals compares the values', () => {
    expect(secret.equals(new Secret(VALUE, 'other'))).toBe(true);
    expect(secret.equals(new Secret(`${VALUE}x`, 'other'))).toBe(false);
  });

  test('no clone, proxy or subclass method reaches the value', () => {
    const clone = Object.create(Secret.prototype, Object.getOwnPropertyDescriptors(secret)) as Secret;
    expect(() => clone.reveal()).toThrow(TypeError);
    expect(() => new Proxy(secret, {}).reveal()).toThrow(TypeError);
    expect(() => Object.assign(secret, { value: 1 })).toThrow(TypeError);
  });

  test('an empty value and a label that holds the value are refused', () => {
    expect(() => new Secret('', 'x')).toThrow('the secret x is empty');
    expect(() => new Secret(VALUE, `key ${VALUE}`)).toThrow(RangeError);
    expect(() => new Secret(VALUE, `key ${VALUE}`)).not.toThrow(VALUE);
  });
});

test('D1 every secret is known to the redaction engine', () => {
  const value = 'sk-canary-registered-42';
  expect(knownValues.entries().some((entry) => entry.value === value)).toBe(false);
  expect(String(new Secret(value, 'stored key openai'))).toBe('[secret:stored key openai]');
  expect(knownValues.entries().some((entry) => entry.value === value)).toBe(true);
});
