import { BlockList, isIP, isIPv6 } from 'node:net';
import type { IncomingMessage } from 'node:http';

const add = (list: BlockList, network: string): void => {
  const [address = '', bits] = network.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (bits === undefined) list.addAddress(address, family);
  else list.addSubnet(address, Number(bits), family);
};

/** `::ffff:10.0.0.1` is 10.0.0.1 seen through a dual-stack socket. */
const plain = (address: string): string => (address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address);

const GROUPS = 8;

/** The groups of an IPv6 address, with those that `::` stands for. */
const groupsOf = (address: string): string[] => {
  const [head = '', tail] = address.split('::');
  const [before, after] = [head, tail ?? ''].map((part) => part.split(':').filter((group) => group !== ''));
  const missing = tail === undefined ? 0 : Math.max(0, GROUPS - (before?.length ?? 0) - (after?.length ?? 0));
  return [...(before ?? []), ...Array.from({ length: missing }, () => '0'), ...(after ?? [])];
};

/**
 * What attempts and limits are counted by: an IPv4 address, or the /64 network of an IPv6 one, which is the least that a single
 * subscriber is given (RFC 6177): counted one by one, they would never run out.
 */
export const countedAddress = (address: string): string => {
  if (!isIPv6(address)) return address;
  const network = groupsOf(address)
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
};

/**
 * Finds the client's address: the socket's peer, or, where that is a trusted proxy, the right-most address of `X-Forwarded-For`
 * that is not one. What a client writes into the header itself stands further left and is never believed.
 *
 * @param trustedProxies IP addresses or networks in CIDR form.
 */
export const createAddressReader = (trustedProxies: readonly string[]): ((incoming: IncomingMessage) => string) => {
  const trusted = new BlockList();
  for (const network of trustedProxies) add(trusted, network);
  const isTrusted = (address: string): boolean => trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return (incoming) => {
    const peer = plain(incoming.socket.remoteAddress ?? '0.0.0.0');
    if (trustedProxies.length === 0 || !isTrusted(peer)) return peer;
    const forwarded = [incoming.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    let address = peer;
    for (const hop of forwarded.toReversed()) {
      const candidate = plain(hop.trim());
      // A zone index can hold any character, and names an interface of the machine that wrote it: nothing to count or log.
      if (isIP(candidate) === 0 || candidate.includes('%')) return address;
      address = candidate;
      if (!isTrusted(candidate)) return address;
    }
    return address;
  };
};
