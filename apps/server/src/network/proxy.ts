import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { buildConnector } from 'undici';
import { Secret } from '@mogplex/credentials';
import { MogplexError } from '@mogplex/protocol';

/** The proxy through which https addresses outside are reached. */
export interface ProxySettings {
  /** Where it listens, `http://proxy.example:3128`. */
  url: URL;
  user?: string;
  password?: Secret;
  /** What is reached without it, in the spelling of `NO_PROXY`. */
  except: readonly string[];
}

const HEAD_BYTES = 16 * 1024;
const END_OF_HEAD = '\r\n\r\n';

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '').toLowerCase();

const wrong = (): MogplexError =>
  new MogplexError('usage', 'wrong settings: HTTPS_PROXY must be an http or https address such as http://proxy.example:3128', {
    boundary: 'configuration',
  });

/** What percent-encoding stands for (RFC 3986, section 2.1). @throws MogplexError `usage` where it is not well-formed. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong();
  }
};

/**
 * Reads `HTTPS_PROXY` and `NO_PROXY`, the lower-case names first, as curl does.
 *
 * @throws MogplexError `usage`, without the value, which may hold a password.
 */
export const readProxy = (env: Readonly<Record<string, string | undefined>>): ProxySettings | undefined => {
  const text = env['https_proxy'] || env['HTTPS_PROXY'];
  if (!text) return undefined;
  const address = /^\w+:\/\//.test(text) ? text : `http://${text}`;
  if (!URL.canParse(address)) throw wrong();
  const { protocol, hostname, port, username, password } = new URL(address);
  if ((protocol !== 'http:' && protocol !== 'https:') || hostname === '') throw wrong();
  const except = (env['no_proxy'] || env['NO_PROXY'] || '').split(/[\s,]+/).filter((part) => part !== '');
  return {
    url: new URL(`${protocol}//${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`),
    except,
    ...(username === '' ? {} : { user: decoded(username) }),
    ...(password === '' ? {} : { password: new Secret(decoded(password), 'password of HTTPS_PROXY') }),
  };
};

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || (ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback');

/** Whether an entry of `NO_PROXY` means a host: `*`, a name with all below it, an address, a network, each with a port or without. */
const means = (entry: string, host: string, port: string): boolean => {
  if (entry === '*') return true;
  if (ipaddr.isValidCIDR(entry)) {
    if (!ipaddr.isValid(host)) return false;
    const [network, bits] = ipaddr.parseCIDR(entry);
    const address = ipaddr.process(host);
    return address.kind() === network.kind() && address.match(network, bits);
  }
  const [, bracketed, plain, ofPort] = /^(?:\[([^\]]+)\]|([^:]*|[^:]*:[^:]*:.*))(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
  if (ofPort !== undefined && ofPort !== port) return false;
  const named = (bracketed ?? plain ?? '').replace(/^\*?\./, '');
  return named !== '' && (host === named || host.endsWith(`.${named}`));
};

/**
 * Whether an address is reached through the proxy: any over https that is not on this machine and not excepted.
 *
 * @param protocol `https:` or `http:`. @param hostname a name or an address, brackets allowed. @param port empty for the usual one.
 */
export const goesThrough = ({ except }: ProxySettings, protocol: string, hostname: string, port: string): boolean => {
  const host = bare(hostname);
  if (protocol !== 'https:' || isLoopback(host)) return false;
  return !except.some((entry) => means(entry, host, port || '443'));
};

const failed = (message: string, hint: string, cause?: unknown): MogplexError =>
  new MogplexError('upstream_error', message, { boundary: 'network', hint, retryAfter: 2, cause });

const HINTS: Readonly<Record<number, string>> = {
  403: 'The proxy has to allow the host, or NO_PROXY of the server to name it',
  407: 'HTTPS_PROXY of the server has to hold a user and a password that the proxy knows',
};

const requestFor = (target: string, { user, password }: ProxySettings): string => {
  const basic = user === undefined ? '' : Buffer.from(`${user}:${password?.reveal() ?? ''}`).toString('base64');
  const authorization = basic === '' ? '' : `proxy-authorization: Basic ${basic}\r\n`;
  return `CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n${authorization}${END_OF_HEAD.slice(2)}`;
};

/** Asks on a connected socket for a tunnel (RFC 9110 section 9.3.6). @throws MogplexError that says what the proxy said. */
const ask = (socket: Socket, target: string, proxy: ProxySettings): Promise<void> =>
  new Promise((resolve, reject) => {
    let head = '';
    const end = (error?: MogplexError): void => {
      socket.off('data', take).off('error', lost).off('close', lost);
      if (error === undefined) return resolve();
      socket.on('error', () => undefined).destroy();
      reject(error);
    };
    const lost = (cause?: unknown): void =>
      end(failed(`the proxy of the platform closed the line to ${target}`, 'The proxy may not allow CONNECT to that port', cause));
    const take = (bytes: Buffer): void => {
      head += bytes.toString('latin1');
      const over = head.indexOf(END_OF_HEAD);
      if (over < 0 && head.length < HEAD_BYTES) return;
      const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |\r)/.exec(head)?.[1] ?? 0);
      // What a server says before TLS begins is nothing that TLS allows.
      if (over >= 0 && status >= 200 && status < 300 && over + END_OF_HEAD.length === head.length) return end();
      const said = status === 0 ? 'it does not speak HTTP' : `it answered ${status}`;
      end(
        failed(
          `the proxy of the platform refused the line to ${target}: ${said}`,
          HINTS[status] ?? 'The operator has to look at the proxy',
        ),
      );
    };
    socket.on('data', take).on('error', lost).on('close', lost);
    socket.write(requestFor(target, proxy), 'latin1');
  });

/**
 * Opens lines through the proxy.
 *
 * @param timeout milliseconds for the connection to the proxy, and again for its answer.
 * @returns makes a socket on which the other side is spoken to. It rejects with a MogplexError `upstream_error`, boundary `network`.
 */
export const createTunnels = (proxy: ProxySettings, timeout: number): ((host: string, port: string) => Promise<Socket>) => {
  const connect = buildConnector({ timeout, allowH2: false, autoSelectFamily: true } as buildConnector.BuildOptions);
  const { protocol, hostname, host, port } = proxy.url;
  const reach = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      connect({ protocol, hostname: bare(hostname), host, port }, (...[error, socket]) => {
        if (error) reject(failed('the proxy of the platform cannot be reached', 'HTTPS_PROXY of the server names it', error));
        else resolve(socket as Socket);
      });
    });
  return async (name, targetPort) => {
    const socket = await reach();
    const target = `${name.includes(':') ? `[${name}]` : name}:${targetPort || '443'}`;
    const late = setTimeout(() => socket.destroy(), timeout);
    try {
      await ask(socket, target, proxy);
    } finally {
      clearTimeout(late);
    }
    return socket;
  };
};
