import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { buildConnector } from 'undici';
import { MogplexError } from '@mogplex/protocol';

/** Which addresses outside the public internet may be dialled. */
export interface DialPolicy {
  /** Networks in CIDR form (`10.1.0.0/16`, `::1/128`) that are allowed although they are private. */
  allowNetworks: readonly string[];
  /** Whether http without TLS is dialled in those networks alone: for requests that carry a credential. */
  tlsElsewhere?: boolean;
}

/** `dns.lookup` in its callback form with `all`. */
export type Lookup = (
  hostname: string,
  options: { all: true },
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

type Parsed = ipaddr.IPv4 | ipaddr.IPv6;

/** Everything on this machine and on its own networks: for upstreams that the operator set on the command line. */
export const OPERATOR_NETWORKS: DialPolicy = { allowNetworks: ['0.0.0.0/0', '::/0'] };

/** A policy for addresses that a user may set, with the operator's explicit exceptions. @throws MogplexError `usage` for a malformed network. */
export const dialPolicy = (allowNetworks: readonly string[]): DialPolicy => {
  for (const network of allowNetworks) {
    if (!ipaddr.isValidCIDR(network)) {
      throw new MogplexError('usage', `"${network}" is not a network in CIDR form`, {
        boundary: 'configuration',
        hint: 'Write it like 10.0.0.0/8.',
      });
    }
  }
  return { allowNetworks };
};

const isAllowed = (address: Parsed, policy: DialPolicy): boolean =>
  policy.allowNetworks.some((network) => {
    const [range, bits] = ipaddr.parseCIDR(network);
    return range.kind() === address.kind() && address.match(range, bits);
  });

const refused = (host: string): MogplexError =>
  new MogplexError('forbidden', `the address of ${host} is not on the public internet, so it is not dialled`, {
    boundary: 'network',
    hint: 'The operator can allow a private network explicitly.',
  });

const unencrypted = (host: string): MogplexError =>
  new MogplexError('invalid_request', `${host} is asked over http, and a credential goes over https alone`, {
    boundary: 'connection',
    hint: 'Use https://; the operator can allow a private network for http.',
  });

/**
 * Refuses an address outside the public internet: loopback, private, link-local, carrier NAT, documentation and
 * multicast ranges (RFC 6890), and IPv6 forms that carry an IPv4 address (mapped, NAT64, 6to4, Teredo).
 *
 * @param address an IPv4 or IPv6 address in any notation that a resolver accepts, brackets and zone allowed.
 * @param host what the user wrote, for the message.
 * @param protocol `https:` or `http:`, as in a URL; see {@link DialPolicy.tlsElsewhere}.
 * @throws MogplexError `forbidden`, and `invalid_request` for http where TLS is wanted.
 */
export const assertDialable = (address: string, policy: DialPolicy, host: string = address, protocol = 'https:'): void => {
  const bare = address.replace(/^\[|\]$/g, '');
  if (!ipaddr.isValid(bare)) throw refused(host);
  const parsed = ipaddr.parse(bare);
  const inside = isAllowed(parsed, policy);
  if (parsed.range() !== 'unicast' && !inside) throw refused(host);
  if (protocol === 'http:' && policy.tlsElsewhere === true && !inside) throw unencrypted(host);
};

const isLiteral = (hostname: string): boolean => ipaddr.isValid(hostname.replace(/^\[|\]$/g, ''));

/**
 * A connector for undici that checks where it really goes, at the moment it connects: an IP literal before the dial,
 * every address that a name resolves to, and the peer of the finished connection. A name that changes its address
 * between a check and the dial gains nothing, since the checked address is the dialled one.
 *
 * @param options.timeout milliseconds until a connection attempt is given up.
 * @param options.lookup the resolver; the system's by default.
 */
export const createSafeConnector = (
  policy: DialPolicy,
  { timeout, lookup = systemLookup as Lookup }: { timeout: number; lookup?: Lookup },
): buildConnector.connector => {
  const checkedLookup =
    (protocol: string): Lookup =>
    (hostname, _options, callback) => {
      lookup(hostname, { all: true }, (error, addresses) => {
        if (error) return callback(error, []);
        try {
          for (const { address } of addresses) assertDialable(address, policy, hostname, protocol);
        } catch (cause) {
          return callback(cause as Error, []);
        }
        callback(null, addresses);
      });
    };
  const connectorFor = (protocol: string): buildConnector.connector =>
    buildConnector({ timeout, allowH2: false, autoSelectFamily: true, lookup: checkedLookup(protocol) } as buildConnector.BuildOptions);
  const [connectTls, connectPlain] = [connectorFor('https:'), connectorFor('http:')];
  return (options, callback) => {
    try {
      if (isLiteral(options.hostname)) assertDialable(options.hostname, policy, options.hostname, options.protocol);
    } catch (error) {
      callback(error as Error, null);
      return;
    }
    const connect = options.protocol === 'http:' ? connectPlain : connectTls;
    connect(options, (...result) => {
      const [error, socket] = result;
      if (error) return callback(error, null);
      try {
        assertDialable((socket as Socket).remoteAddress ?? '', policy, options.hostname, options.protocol);
      } catch (cause) {
        (socket as Socket).destroy();
        return callback(cause as Error, null);
      }
      callback(null, socket as Socket);
    });
  };
};
