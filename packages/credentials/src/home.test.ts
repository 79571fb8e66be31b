import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CODEX_HOME_DEPRECATED, resolveHome } from './home.ts';

describe('A4 the home folder', () => {
  const cases: [string, Record<string, string | undefined>, string, string[]][] = [
    ['is .mogplex in the home of the user', { HOME: '/u' }, '/u/.mogplex', []],
    ['is moved by MOGPLEX_HOME', { HOME: '/u', MOGPLEX_HOME: '/m' }, '/m', []],
    ['is moved by CODEX_HOME, with one deprecation line', { HOME: '/u', CODEX_HOME: '/c' }, '/c', [CODEX_HOME_DEPRECATED]],
    ['is MOGPLEX_HOME where both are set', { HOME: '/u', MOGPLEX_HOME: '/m', CODEX_HOME: '/c' }, '/m', []],
    ['is not moved by empty variables', { HOME: '/u', MOGPLEX_HOME: '', CODEX_HOME: ' ' }, '/u/.mogplex', []],
    ['is absolute', { MOGPLEX_HOME: 'here/../there/' }, resolve('there'), []],
  ];
  test.each(cases)('%s', (_, env, home, lines) => {
    const said: string[] = [];
    expect(resolveHome(env, (line) => said.push(line))).toBe(home);
    expect(said).toEqual(lines);
  });
});
