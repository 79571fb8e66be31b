import { classAt, NAME, SPACE } from './engine/chars.ts';
import type { Trigger } from './engine/scan.ts';
import { bodyLength, KEY_HEADER } from './engine/pem.ts';
import { headerAt } from './engine/tables.ts';

/*
 * What a stream must not let go of yet. Within a line everything after a trigger waits for the end of the line, because a value
 * may have blanks; at the end of a line only what goes on over lines still waits. The reaches are those of the rules.
 */

/** How far after its name a value may begin or end on the same line. */
const REACH = 768;
/** The same for headers, whose value is the rest of the line. */
const HEADER_REACH = 4_300;
const HEADER_NAME = /auth|cookie/iy;
/** How far a name reaches over the ends of lines. */
const NEXT_LINES = 320;
const CALL_LINES = 640;
const LIST_LINES = 1_200;
/** The rows of a table. */
const TABLE_LINES = 760;
const LISTED = /[\w$]{0,64}[`"\]]?[ \t]{0,8}[,)]/y;
const LONGEST_ARMOUR = 16_384;
const UNSURE_ARMOUR = 4_096;
const LONGEST_KEY = 4_096;
const KEY_TYPE = '"kty"';
const KEY_MEMBER = /"(?:d[pq]?|qi?|p|k)"\s{0,4}:\s{0,4}"[\w-]{20}/g;
const LONGEST_MEMBER = 40;
const DUMP_LINE = /^[0-9a-f]{4,16}:?[ \t]{1,3}(?:[0-9a-f]{2}){1,2} /i;
/** A command whose words may be piped into one that takes a password. */
const ECHO = /\b(?:echo|printf)[ ]/i;
const LONGEST_PIPE = 480;
const LONGEST_QUOTED = 210;
/** Beginnings of formats that have a blank and hold no name. */
const LEAD = /(?:Private-Lines:|SSWS)[ ]$/;
/** A question for a secret, which must be seen to be answered. */
const PROMPT = /^[^\n"'`{}=|]{0,120}[:?>][ \t]$/;
const PROMPTED = /\b(?:password|passphrase|passcode|pin|token|key|secret|code|username)\b[^:?>]{0,80}[:?>][ \t]$/i;

export interface Pending {
  /** From here on nothing may be released. */
  hold: number;
  /** Where the next look must begin, so that what was released still tells what comes after it. */
  anchor: number;
}

/**
 * Tells what must wait.
 *
 * @param released where the text begins that was not given out
 * @param to end of the text that was looked at, after a blank
 */
export function pendingAt(text: string, triggers: readonly Trigger[], released: number, to: number): Pending {
  const line = text.lastIndexOf('\n', to - 1) + 1;
  const pending: Pending = { hold: to, anchor: Infinity };
  // A key ends where the next one begins.
  const armour = triggers.findLast(({ at, kind }) => kind === 'armour' && at < to);
  for (const trigger of triggers) {
    const { at, kind } = trigger;
    if (at >= to || (kind === 'armour' && trigger !== armour)) continue;
    // What waits for an earlier one waits already.
    if (kind === 'keyword' && at < line && pending.anchor <= at && pending.hold <= line) continue;
    const wide = kind === 'armour' || kind === 'dump' || (kind === 'login' && text.startsWith(KEY_TYPE, at));
    if (wide ? goesOn(text, kind, at, line, to) : to - at < reachOf(text, kind, at, line)) {
      if (at < pending.anchor) pending.anchor = at;
      const from = wide ? at : Math.max(line, wordStart(text, at));
      if (from < pending.hold) pending.hold = from;
    }
  }
  const member = openMember(text, released, to);
  if (member < pending.hold) pending.hold = member;
  if (line < to) {
    const lead = text.slice(Math.max(line, released, to - 20), to).search(LEAD);
    if (lead >= 0) pending.hold = Math.min(pending.hold, Math.max(line, released, to - 20) + lead);
    const piped = pipedFrom(text, Math.max(line, released), to);
    if (piped < pending.hold) pending.hold = piped;
    if (pending.hold < to && to === text.length && isPrompt(text, Math.max(line, released), line, to)) pending.hold = to;
  }
  return pending;
}

/** Where the name around a trigger begins: it may be a part of what is masked. */
function wordStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < 64 && (classAt(text, start - 1) & SPACE) === 0) start--;
  return start;
}

function reachOf(text: string, kind: Trigger['kind'], at: number, line: number): number {
  if (kind === 'login') return at >= line ? REACH : CALL_LINES;
  if (at >= line) {
    HEADER_NAME.lastIndex = at;
    return HEADER_NAME.test(text) ? HEADER_REACH : REACH;
  }
  LISTED.lastIndex = at;
  if (LISTED.test(text) && text.lastIndexOf('(', at) > at - 240) return LIST_LINES;
  return isColumn(text, at) ? TABLE_LINES : NEXT_LINES;
}

/** Whether the name around a place heads the column of a table. */
function isColumn(text: string, at: number): boolean {
  let [start, end] = [at, at];
  while (start > 0 && at - start < 64 && (classAt(text, start - 1) & NAME) !== 0) start--;
  while (end - at < 64 && (classAt(text, end) & NAME) !== 0) end++;
  return headerAt(text, start, end) !== undefined;
}

/** Whether a construct of several lines that begins at `at` has not ended yet. */
function goesOn(text: string, kind: Trigger['kind'], at: number, line: number, to: number): boolean {
  if (kind === 'login') return to - at < LONGEST_KEY && text.lastIndexOf('}', to - 1) < at;
  if (kind === 'dump') return at >= line ? to - at < REACH : line - at < LONGEST_ARMOUR && isDump(text, at, line);
  KEY_HEADER.lastIndex = at;
  const header = KEY_HEADER.exec(text);
  if (header === null) return at >= line && to - at < 128;
  const body = text.slice(at + header[0].length, to);
  if (body.includes('-----END') && /-----END[ A-Z0-9_-]{0,48}-{5}/.test(body)) return false;
  return body.length < LONGEST_ARMOUR && (body.length < UNSURE_ARMOUR || bodyLength(body) === body.length);
}

function isDump(text: string, at: number, line: number): boolean {
  if (!DUMP_LINE.test(text.slice(at, at + 64))) return false;
  return DUMP_LINE.test(text.slice(text.lastIndexOf('\n', line - 2) + 1, line));
}

/** Where a private member of a JSON Web Key stands whose type may follow, before the key is closed. */
function openMember(text: string, released: number, to: number): number {
  const least = Math.max(0, released - 12);
  const fresh = text.slice(least, to + LONGEST_MEMBER);
  if (!fresh.includes('"')) return to;
  KEY_MEMBER.lastIndex = 0;
  let closed: number | undefined;
  for (let match = KEY_MEMBER.exec(fresh); match !== null && least + match.index < to; match = KEY_MEMBER.exec(fresh)) {
    closed ??= fresh.lastIndexOf('}', to - least - 1);
    if (match.index > closed && to - least - match.index < LONGEST_KEY) return least + match.index;
  }
  return to;
}

/** Where something begins that may turn out to be piped into a command that takes a password: `echo ...`, a string in quotes. */
function pipedFrom(text: string, from: number, to: number): number {
  const quoted = quotedFrom(text, from, to);
  const least = Math.max(from, to - LONGEST_PIPE);
  const echo = text.slice(least, to).search(ECHO);
  return echo < 0 ? quoted : Math.min(quoted, least + echo);
}

/** Where the string in quotes begins that is open at `to`, or that ends right before it. */
function quotedFrom(text: string, from: number, to: number): number {
  let at = to - 1;
  while (at >= from && (classAt(text, at) & SPACE) !== 0) at--;
  const least = Math.max(from, to - LONGEST_QUOTED);
  if (at >= least && isQuote(text, at)) {
    const open = text.lastIndexOf(text.charAt(at), at - 1);
    if (open >= least) return open;
  }
  while (at >= least && !isQuote(text, at)) at--;
  return at >= least && OPENS.has(text.charAt(at - 1)) ? at : to;
}

const isQuote = (text: string, at: number): boolean => text.charCodeAt(at) === 0x22 || text.charCodeAt(at) === 0x27;
/** What stands before an opening quote. */
const OPENS = new Set(['', ' ', '\t', '\n', '\r', '=', '(', ',', ':']);

function isPrompt(text: string, from: number, line: number, to: number): boolean {
  return PROMPT.test(text.slice(from, to)) && PROMPTED.test(text.slice(Math.max(line, to - 160), to));
}
