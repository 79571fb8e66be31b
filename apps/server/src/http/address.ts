import { BlockList, isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';

const add = (list: BlockList, network: string): void => {
  const [address = '', bits] = network.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (bits === undefined) list.addAddress(address, family);
  else list.addSubnet(address, Number(bits), family);
};

/** `::ffff:10.0.0.1` is 10.0.0.1 seen through a dual-stack socket. */
const plain = (address: string): string => (address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address);

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
      if (isIP(candidate) === 0) return address;
      address = candidate;
      if (!isTrusted(candidate)) return address;
    }
    return address;
  };
};
