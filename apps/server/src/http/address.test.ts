import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { countedAddress, createAddressReader } from './address.ts';

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
  ['a zone index is nonsense too', ['10.0.0.0/8'], '10.0.0.1', 'fe80::1%"},{', '10.0.0.1'],
  ['IPv6 networks', ['2001:db8:1::/48'], '2001:db8:1::1', '203.0.113.7', '203.0.113.7'],
])('B6 %s', (_what, trusted, peer, forwarded, expected) => {
  expect(createAddressReader(trusted)(incoming(peer, forwarded))).toBe(expected);
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002:ffff::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['1::2:3:4:5:6:7', '1:0:2:3::/64'],
  ['64:ff9b::203.0.113.7', '64:ff9b:0:0::/64'],
])('B6 %s is counted as %s', (address, counted) => {
  expect(countedAddress(address)).toBe(counted);
});
