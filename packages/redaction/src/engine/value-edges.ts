import { oneOf } from './chars.ts';
import type { NameClass } from './names.ts';
import { isBlank } from './surroundings.ts';
import { OUTSIDE, type Text } from './text.ts';
import { byHead } from './words.ts';

/* Where unquoted values begin, and what ends them. */

/** Names of schemes of HTTP authentication. */
const SCHEMES = byHead(
  'bearer basic token apikey api-key digest negotiate ssws geniekey key oauth bot splunk pveapitoken aws4-hmac-sha256 googlelogin ' +
    'client-id sharedaccesssignature discogs mac hoba jwt',
);
const BLANKS = ' \t\n\v\f\r';
const ENDS_BARE = oneOf(`${BLANKS}"'\`,;&<>()[]{}|\\`);
const ENDS_PASSWORD = oneOf(`${BLANKS}"'\`,;<>\\`);
/** What ends an unquoted value, by what its name says. */
export const endsOf = (kind: NameClass): Uint8Array => (kind === 'password' ? ENDS_PASSWORD : ENDS_BARE);

/** Blanks of Unicode beyond ASCII. */
const isWideBlank = (unit: number): boolean =>
  unit === 0xa0 ||
  unit === 0x1680 ||
  (unit >= 0x2000 && unit <= 0x200a) ||
  unit === 0x2028 ||
  unit === 0x2029 ||
  unit === 0x202f ||
  unit === 0x205f ||
  unit === 0x3000 ||
  unit === 0xfeff;

/** Whether a unit is in a table of ends, or a blank beyond ASCII. */
export const endsAt = (ends: Uint8Array, unit: number): boolean => (unit < 128 ? ends[unit] === 1 : isWideBlank(unit));

/** Where the credentials after the name of a scheme begin; the place itself when none stands there. */
export function afterScheme(text: Text, at: number): number {
  const first = text.at(at);
  const words = first < 128 ? SCHEMES[first | 32] : undefined;
  if (words === undefined) return at;
  for (const word of words) {
    const end = at + word.length;
    const next = text.at(end);
    if (next !== 0x3d && !isBlank(next)) continue;
    if (!text.standsFolded(word, at)) continue;
    if (next === 0x3d) return mayBeginCredentials(text, end + 1) ? end + 1 : at;
    let start = end;
    while (isBlank(text.at(start))) start++;
    if ((text.at(start) | 32) === 0x74 && mayBeginCredentials(text, start + 6) && text.standsFolded('token=', start)) return start + 6;
    return mayBeginCredentials(text, start) ? start : at;
  }
  return at;
}

const ENDS_CREDENTIALS = oneOf(`${BLANKS},;|`);
function mayBeginCredentials(text: Text, at: number): boolean {
  const unit = text.at(at);
  return unit !== OUTSIDE && !endsAt(ENDS_CREDENTIALS, unit);
}
