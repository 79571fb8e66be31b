import { isPassword } from './values.ts';

/** Literals before credentials on a command line or in SQL; lower case. */
export const LOGIN_LITERALS = [' -u ', '--user', ' -p ', 'sshpass', 'identified by'] as const;

const CURL = /(?:-u|--user|--proxy-user)[ =]{1,3}(?:"([^"\n]{3,200})"|'([^'\n]{3,200})'|(\S{3,200}))/y;
const PASSWORD_FLAG = /-p[ =]{1,3}(?:"([^"\n]{3,200})"|'([^'\n]{3,200})'|(\S{3,200}))/y;
const SSHPASS = /sshpass[ ]{1,3}-p[ ]{0,3}(?:"([^"\n]{3,200})"|'([^'\n]{3,200})'|([^\s"']{3,200}))/y;
const IDENTIFIED = /identified by[ ]{1,3}(?:password[ ]{1,3})?(?:"([^"\n]{3,200})"|'([^'\n]{3,200})')/iy;
const REACH = 160;

/** The credentials that follow one of the literals at `at`. */
export function loginAt(text: string, at: number): { start: number; end: number } | undefined {
  const start = text.charCodeAt(at) === 0x20 ? at + 1 : at;
  const line = text.slice(Math.max(0, start - REACH), start);
  const command = line.slice(line.lastIndexOf('\n') + 1);
  if (text.startsWith('-u', start) || text.startsWith('--user', start))
    return /\b(?:curl|wget|http)\b/.test(command) ? pairIn(CURL, text, start) : undefined;
  if (text.startsWith('-p', start))
    return /\b(?:login|ldapsearch|mysql\w*|mongo\w*|smbclient)\b/.test(command) ? valueIn(PASSWORD_FLAG, text, start) : undefined;
  return valueIn(text.startsWith('sshpass', start) ? SSHPASS : IDENTIFIED, text, start);
}

function span(pattern: RegExp, text: string, at: number): { value: string; start: number; end: number } | undefined {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const value = match[1] ?? match[2] ?? match[3] ?? '';
  const quoted = match[3] === undefined ? 1 : 0;
  const end = pattern.lastIndex - quoted;
  return { value, start: end - value.length, end };
}

function valueIn(pattern: RegExp, text: string, at: number): { start: number; end: number } | undefined {
  const found = span(pattern, text, at);
  return found !== undefined && !/^[\d-]/.test(found.value) && isPassword(found.value, true) ? found : undefined;
}

/** `user:password`; a generated user without a password is a key. */
function pairIn(pattern: RegExp, text: string, at: number): { start: number; end: number } | undefined {
  const found = span(pattern, text, at);
  if (found === undefined) return undefined;
  const colon = found.value.indexOf(':');
  const user = found.value.slice(0, colon);
  const password = found.value.slice(colon + 1).replace(/^["']|["']$/g, '');
  if (colon < 0 || /^[<[{$(]/.test(user) || user === password) return undefined;
  const secret = password === '' ? user : password;
  return isPassword(secret, true) && (password !== '' || /\d/.test(user)) ? found : undefined;
}
