import { MogplexError } from '@mogplex/protocol';
import { createRedactor } from '@mogplex/redaction';
import ipaddr from 'ipaddr.js';
import { assertDialable, type DialPolicy } from '../network/dial.ts';

export const invalid = (message: string, hint?: string): MogplexError =>
  new MogplexError('invalid_request', message, { boundary: 'connection', ...(hint === undefined ? {} : { hint }) });

const redactor = createRedactor();

const readUrl = (text: string): URL => {
  try {
    return new URL(text);
  } catch {
    throw invalid('the address is not a URL', 'Write it like https://mcp.example.com/mcp.');
  }
};

/**
 * The address of a connection in the form that is stored.
 *
 * @param hasCredential whether a credential will be sent to it.
 * @throws MogplexError `invalid_request` for anything but http(s), an address that holds a credential, plain http for a
 * credential where no private network is allowed, and an IP address that is never dialled.
 */
export const parseAddress = (text: string, hasCredential: boolean, policy: DialPolicy): string => {
  const url = readUrl(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalid('the address must start with https:// or http://');
  if (url.username !== '' || url.password !== '')
    throw invalid('the address holds a user name or a password', 'Choose basic authentication.');
  if (url.hash !== '') throw invalid('the address holds a fragment');
  if (redactor.text(url.href).text !== url.href) {
    throw invalid('the address holds something that looks like a secret', 'Choose an API key or a bearer token for it.');
  }
  if (hasCredential && url.protocol === 'http:' && policy.allowNetworks.length === 0) {
    throw invalid('a credential is sent over https alone', 'Use https://, or authentication "none".');
  }
  if (ipaddr.isValid(url.hostname.replace(/^\[|\]$/g, ''))) {
    try {
      assertDialable(url.hostname, { ...policy, tlsElsewhere: hasCredential }, url.hostname, url.protocol);
    } catch (cause) {
      throw cause instanceof MogplexError ? invalid(cause.message, cause.hint) : cause;
    }
  }
  return url.href;
};

// A field name (RFC 9110 section 5.1) that no part of a request's framing, routing or format depends on.
const FIELD_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const RESERVED = new Set(
  `accept accept-encoding connection content-encoding content-length content-type cookie expect host keep-alive last-event-id
  mcp-protocol-version mcp-session-id origin proxy-authorization proxy-connection te trailer transfer-encoding upgrade`.split(/\s+/),
);

/** @throws MogplexError `invalid_request` for what is no header, or one that a request needs for itself. */
export const checkHeader = (name: string): void => {
  if (!FIELD_NAME.test(name) || RESERVED.has(name.toLowerCase())) throw invalid(`${JSON.stringify(name)} cannot be the header of a key`);
};
