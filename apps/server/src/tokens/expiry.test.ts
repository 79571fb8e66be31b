import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseExpiry } from './expiry.ts';

const NOW = Date.UTC(2026, 0, 15, 12);
const DAY = 86_400_000;

test.each([
  ['1s', NOW + 1_000],
  ['15m', NOW + 900_000],
  ['12h', NOW + DAY / 2],
  ['7d', NOW + 7 * DAY],
  ['365d', NOW + 365 * DAY],
  ['2026-01-15', Date.UTC(2026, 0, 16) - 1],
  ['2028-02-29', Date.UTC(2028, 2, 1) - 1],
  ['2026-01-15T14:00:00+01:00', Date.UTC(2026, 0, 15, 13)],
])('B3 the expiry %s is read', (text, expected) => {
  expect(parseExpiry(text, NOW)).toBe(expected);
});

test.each([
  '',
  ' ',
  'never',
  'none',
  '0',
  '0d',
  '-1d',
  '1.5d',
  '30',
  '30days',
  '30 d',
  'd',
  '1e2d',
  '2026-01-14',
  '2027-02-29',
  '2026-13-01',
  '99999d',
  'null',
])('B3 "%s" is an error, never "no expiry"', (text) => {
  expect(() => parseExpiry(text, NOW)).toThrow(/is not an expiry/);
});

test('B3 whatever the text, it is a moment in the future or an error', () => {
  const texts = fc.oneof(fc.string(), fc.stringMatching(/^[0-9]{1,6}[smhdwy]?$/), fc.stringMatching(/^20\d\d-\d\d-\d\d$/));
  const read = (text: string): number | 'refused' => {
    try {
      return parseExpiry(text, NOW);
    } catch {
      return 'refused';
    }
  };
  const wrong = fc.sample(texts, 2_000).filter((text) => {
    const at = read(text);
    return at !== 'refused' && !(Number.isFinite(at) && at > NOW);
  });
  expect(wrong).toEqual([]);
});
