import { BlockList, isIP } from 'node:net';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

const neverReached = new BlockList();
neverReached.addSubnet('0.0.0.0', 8, 'ipv4');
neverReached.addSubnet('169.254.0.0', 16, 'ipv4');
neverReached.addSubnet('224.0.0.0', 3, 'ipv4');
neverReached.addAddress('::', 'ipv6');
neverReached.addSubnet('fe80::', 10, 'ipv6');
neverReached.addSubnet('ff00::', 8, 'ipv6');
neverReached.addSubnet('fd00:ec2::', 32, 'ipv6');
neverReached.addSubnet('::ffff:169.254.0.0', 112, 'ipv6');

const isBlocked = (hostname: string): boolean => {
  const address = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(address);
  return family !== 0 && neverReached.check(address, family === 4 ? 'ipv4' : 'ipv6');
};

/** Whether a URL's host is this machine by one of its three plain names. */
export const isLoopback = (url: URL): boolean => LOOPBACK_NAMES.has(url.hostname);

/**
 * Why a URL is not one that a login may use or show, or undefined when it is: https, or http on loopback; no user name
 * or password in it; not an address that only metadata services and neighbours answer on.
 */
export const refusedUrl = (text: string): string | undefined => {
  if (!URL.canParse(text)) return 'it is not an absolute URL';
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) return 'only https, or http on this machine, is allowed';
  if (url.username !== '' || url.password !== '') return 'a user name or password in a URL is refused';
  if (isBlocked(url.hostname)) return 'link-local and unspecified addresses are refused';
  return undefined;
};
