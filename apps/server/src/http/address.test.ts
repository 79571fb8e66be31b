import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { createAddressReader } from './address.ts';

const incoming = (peer: string, forwarded?: string): IncomingMessage =>
  ({
    socket: { remoteAddress: peer },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

test.each([
  ['no proxy is trusted: the header is a claim', [], '198.51.100.1', '203.0.113.7', '198.51.100.1'],
  ['the peer is no proxy', ['10.0.0.0/8'], '198.51.100.1', '203.0.113.7', '198.51.100.1'],
  ['one proxy', ['10.0.0.0/8'], '10.0.0.1', '203.0.113.7', '203.0.113.7'],
  ['two proxies', ['10.0.0.0/8'], '10.0.0.1', '203.0.113.7, 10.0.0.2', '203.0.113.7'],
  ['what the client claims stands further left', ['10.0.0.0/8'], '10.0.0.1', '1.1.1.1, 203.0.113.7', '203.0.113.7'],
  ['nonsense ends the walk', ['10.0.0.0/8'], '10.0.0.1', '203.0.113.7, unknown', '10.0.0.1'],
  ['no header', ['10.0.0.0/8'], '10.0.0.1', undefined, '10.0.0.1'],
  ['a dual-stack socket', ['10.0.0.0/8'], '::ffff:10.0.0.1', '2001:db8::7', '2001:db8::7'],
  ['IPv6 networks', ['2001:db8:1::/48'], '2001:db8:1::1', '203.0.113.7', '203.0.113.7'],
])('B6 %s', (_what, trusted, peer, forwarded, expected) => {
  expect(createAddressReader(trusted)(incoming(peer, forwarded))).toBe(expected);
});
