import { isPlaceholder, looksRandom } from './values.ts';

const AUTHORITY = /[A-Za-z0-9.\-_:[\]%]{0,255}/y;
const REST = /[^\s"'<>`\\)\]}]{0,2048}/y;
const STORE =
  /(?:mongodb(?:\+srv)?|postgres(?:ql)?|mysql|mariadb|redis|rediss|amqps?|sqlserver|mssql|oracle|clickhouse|cassandra|couchdb|neo4j|bolt|ldaps?|smtps?|imaps?|ftps?|sftp|kafka|nats|mqtts?|cockroachdb|db2|snowflake|jdbc:\w+|[a-z]+\+[a-z0-9]+)$/i;
const STAND_IN_HOST =
  /^(?:localhost|127\.|\[?::1|example\.|host\b|hostname|server\b|db\.example|cluster\.mongodb)|example\.(?:com|org|net)|^\$|^\{|^</i;
const COMMON =
  /^(?:password|passwd|pass|pwd|secret|token|user|username|x-oauth-basic|test|admin|root|guest|postgres|mysql|example|changeme)$/i;

const LONGEST_USERINFO = 256;

/** Finds the credentials of URLs in one text. */
export class UrlFinder {
  readonly #text: string;
  /** A stretch without a character that ends user information, so that none is looked at twice. */
  #plainFrom = 0;
  #plainTo = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Credentials of a URL: what goes, given the place of an `@`. RFC 3986 section 3.2.1. */
  find(at: number): { start: number; end: number } | undefined {
    const text = this.#text;
    const start = this.#userinfoStart(at);
    if (start < 0 || start === at) return undefined;
    const userinfo = text.slice(start, at);
    AUTHORITY.lastIndex = at + 1;
    const host = AUTHORITY.exec(text)?.[0] ?? '';
    const colon = userinfo.indexOf(':');
    const user = colon < 0 ? userinfo : userinfo.slice(0, colon);
    const password = colon < 0 ? '' : userinfo.slice(colon + 1);
    const store = STORE.test(text.slice(Math.max(0, start - 23), start - 3));
    if (!isCredential(user, password, host, store)) return undefined;
    const end = at + 1 + host.length;
    if (!store) return { start, end };
    REST.lastIndex = end;
    return { start, end: end + (REST.exec(text)?.[0].length ?? 0) };
  }

  /** Where the user information that ends at an `@` begins, if `://` stands before it. */
  #userinfoStart(at: number): number {
    const text = this.#text;
    const least = Math.max(3, at - LONGEST_USERINFO);
    let i = at - 1;
    while (i >= least && !endsUserinfo(text.charCodeAt(i))) i = i < this.#plainTo && i >= this.#plainFrom ? this.#plainFrom - 1 : i - 1;
    this.#plainFrom = i + 1;
    this.#plainTo = at;
    const found = i >= least && text.charCodeAt(i) === 0x2f && text.charCodeAt(i - 1) === 0x2f && text.charCodeAt(i - 2) === 0x3a;
    return found ? i + 1 : -1;
  }
}

const endsUserinfo = (unit: number): boolean =>
  unit <= 0x20 || unit === 0x2f || unit === 0x22 || unit === 0x27 || unit === 0x3c || unit === 0x3e || unit === 0x5c || unit === 0x60;

function isCredential(user: string, password: string, host: string, store: boolean): boolean {
  if (password === '') return looksRandom(user, 16);
  if (host === '' || /^(?:\$|\{|%\(|<|\*+$|x+$|\.\.\.|\[)/i.test(password) || /[${}]/.test(user + password)) return false;
  if (looksRandom(user, 16)) return true;
  if (user === password || /^(?:my|your)?[-_]?passw(?:or)?d?$|^(.)\1+$/i.test(password)) return false;
  if (COMMON.test(password))
    return !store && !STAND_IN_HOST.test(host) && !isPlaceholder(host) && password.length > 3 && !/^token$/i.test(password);
  if (isPlaceholder(password)) return false;
  return true;
}
