import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { buildConnector } from 'undici';
import { MogplexError } from '@mogplex/protocol';
import { directReads } from './direct-reads.ts';
import { createTunnels, goesThrough, type ProxySettings } from './proxy.ts';

/** Which addresses outside the public internet may be dialled. */
export interface DialPolicy {
  /** Networks in CIDR form (`10.1.0.0/16`, `::1/128`) that are allowed although they are private. */
  allowNetworks: readonly string[];
  /** Whether http without TLS is dialled in those networks alone: for requests that carry a credential. */
  tlsElsewhere?: boolean;
  /** Through which https addresses are reached; absent: none. */
  proxy?: ProxySettings;
  /** Whether the proxy looks up names, unchecked: for addresses that no user has set. Else it gets the address that was checked. */
  proxyLooksUp?: boolean;
}

/** `dns.lookup` in its callback form with `all`. */
export type Lookup = (
  hostname: string,
  options: { all: true },
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

type Parsed = ipaddr.IPv4 | ipaddr.IPv6;

/** Everything on this machine and on its own networks: for upstreams that the operator set on the command line. */
export const operatorPolicy = (proxy?: ProxySettings): DialPolicy => ({
  allowNetworks: ['0.0.0.0/0', '::/0'],
  proxyLooksUp: true,
  ...(proxy ? { proxy } : {}),
});

/** A policy for addresses that a user may set, with the operator's explicit exceptions. @throws MogplexError `usage` for a malformed network. */
export const dialPolicy = (allowNetworks: readonly string[], proxy?: ProxySettings): DialPolicy => {
  for (const network of allowNetworks) {
    if (!ipaddr.isValidCIDR(network)) {
      throw new MogplexError('usage', `"${network}" is not a network in CIDR form`, {
        boundary: 'configuration',
        hint: 'Write it like 10.0.0.0/8.',
      });
    }
  }
  return { allowNetworks, ...(proxy ? { proxy } : {}) };
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

interface Dialing {
  /** Milliseconds until a connection attempt is given up. */
  timeout: number;
  /** The resolver; the system's by default. */
  lookup?: Lookup;
  /** Whether the sockets are read by {@link takeBytes} alone. */
  direct?: boolean;
}

/** Looks a name up, and gives no address of it away unless all are in order. */
const checkedLookup =
  (policy: DialPolicy, lookup: Lookup, protocol: string): Lookup =>
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

/** The address that the proxy is told of, for a host whose addresses are checked here. */
const checkedAddress = (hostname: string, policy: DialPolicy, lookup: Lookup): Promise<string> =>
  isLiteral(hostname)
    ? Promise.resolve(hostname.replace(/^\[|\]$/g, ''))
    : new Promise((resolve, reject) => {
        checkedLookup(policy, lookup, 'https:')(hostname, { all: true }, (error, [first]) => {
          if (error) reject(error);
          else if (first) resolve(first.address);
          else reject(refused(hostname));
        });
      });

/** TLS to the other side, on a line through the proxy. */
const createProxiedConnector = (
  policy: DialPolicy,
  proxy: ProxySettings,
  { timeout, lookup }: Required<Pick<Dialing, 'timeout' | 'lookup'>>,
  connectTls: buildConnector.connector,
): buildConnector.connector => {
  const tunnel = createTunnels(proxy, timeout);
  const open = async ({ hostname, port }: buildConnector.Options): Promise<Socket> =>
    await tunnel(policy.proxyLooksUp === true ? hostname : await checkedAddress(hostname, policy, lookup), port);
  const dial = async (options: buildConnector.Options, callback: buildConnector.Callback): Promise<void> => {
    let httpSocket: Socket;
    try {
      httpSocket = await open(options);
    } catch (error) {
      callback(error as Error, null);
      return;
    }
    connectTls({ ...options, httpSocket }, callback);
  };
  return (options, callback) => void dial(options, callback);
};

/**
 * A connector for undici that checks where it really goes, at the moment it connects: an IP literal before the dial,
 * every address that a name resolves to, and the peer of the finished connection. A name that changes its address
 * between a check and the dial gains nothing, since the checked address is the dialled one. The same holds where a proxy dials.
 */
export const createSafeConnector = (
  policy: DialPolicy,
  { timeout, lookup = systemLookup as Lookup, direct = false }: Dialing,
): buildConnector.connector => {
  const connectorFor = (protocol: string): buildConnector.connector =>
    buildConnector({
      timeout,
      allowH2: false,
      autoSelectFamily: true,
      lookup: checkedLookup(policy, lookup, protocol),
      ...(direct ? directReads : {}),
    } as buildConnector.BuildOptions);
  const [connectTls, connectPlain] = [connectorFor('https:'), connectorFor('http:')];
  const { proxy } = policy;
  const connectProxied = proxy && createProxiedConnector(policy, proxy, { timeout, lookup }, connectTls);
  return (options, callback) => {
    const { hostname, protocol, port } = options;
    try {
      if (isLiteral(hostname)) assertDialable(hostname, policy, hostname, protocol);
    } catch (error) {
      callback(error as Error, null);
      return;
    }
    if (proxy && connectProxied && goesThrough(proxy, protocol, hostname, port)) {
      connectProxied(options, callback);
      return;
    }
    const connect = protocol === 'http:' ? connectPlain : connectTls;
    connect(options, (...result) => {
      const [error, socket] = result;
      if (error) return callback(error, null);
      try {
        assertDialable((socket as Socket).remoteAddress ?? '', policy, hostname, protocol);
      } catch (cause) {
        (socket as Socket).destroy();
        return callback(cause as Error, null);
      }
      callback(null, socket as Socket);
    });
  };
};
