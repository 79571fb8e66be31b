import { LOWER, UPPER } from './chars.ts';
import type { Text } from './text.ts';

const ENVIRONMENT_NAME = /^[A-Z][A-Z0-9_]+$/;
const SET_BEFORE = /(?:^|[\n;"'])[ \t]*(?:-[ \t]+|#[ \t]*)?(?:(?:export|set|setx|ENV|ARG|env)[ \t]+)?$/;

const PREFIXED_NAME = /^[A-Z][A-Z0-9]*_[A-Z0-9_]+$/;
/** `spring.datasource.password=...` */
const PROPERTY_NAME =
  /(?:^|[._-])(?:db|database|datasource|jdbc|mail|smtp|redis|ldap|ftp|rabbitmq|kafka|mongo\w*|mysql|postgres\w*|oracle|elastic\w*|(?:key|trust)-?store|ssl|admin|root|proxy|connection)[._-]password$/i;
const LINE_BEFORE = /(?:^|\n)[ \t]*$/;

/** The pair before a password in a connection string. */
const CONNECTION_BEFORE = /\b(?:user(?:[ _]?id|name)?|uid|server|data source|database|initial catalog)[ ]?=[^;"'\n]{1,60};[ ]?$/i;

/** Whether a variable of the environment, a property or a part of a connection string is set, so that words count too. */
export function isSetTo(text: Text, start: number, end: number, at: number, from: number): boolean {
  const isUpper = (text.classAt(start) & UPPER) !== 0;
  const least = Math.max(from, start - 24);
  const sign = text.at(end);
  if (sign === 0x3a) {
    if (at !== end + 2 || !isUpper || (text.classAt(at) & LOWER) === 0 || !PREFIXED_NAME.test(text.slice(start, end))) return false;
    return LINE_BEFORE.test(text.slice(least, start));
  }
  if (at !== end + 1 || sign !== 0x3d) return false;
  if (isUpper && ENVIRONMENT_NAME.test(text.slice(start, end)) && SET_BEFORE.test(text.slice(least, start))) return true;
  if (isAfterSemicolon(text, start)) return CONNECTION_BEFORE.test(text.slice(Math.max(from, start - 80), start));
  if ((text.classAt(at) & LOWER) === 0 || !text.standsFolded('password', end - 8)) return false;
  return PROPERTY_NAME.test(text.slice(start, end)) && LINE_BEFORE.test(text.slice(least, start));
}

const isAfterSemicolon = (text: Text, at: number): boolean =>
  text.at(at - 1) === 0x3b || (text.at(at - 1) === 32 && text.at(at - 2) === 0x3b);
