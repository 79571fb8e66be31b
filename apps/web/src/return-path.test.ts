import { describe, expect, test } from 'vitest';
import { returnPath, signInPath } from './return-path.ts';

describe('B1 where a sign-in goes next', () => {
  test('B1 a path of this site is kept with its query', () => {
    expect(returnPath('?next=%2Fdevice%3Fcode%3DABCD-EFGH', 'http://here')).toBe('/device?code=ABCD-EFGH');
    expect(returnPath(new URL(`http://here${signInPath('/settings/tokens')}`).search, 'http://here')).toBe('/settings/tokens');
  });

  test.each(['//evil.example/x', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)', '', '\\\\evil.example'])(
    'B1 %s is never followed',
    (wanted) => {
      expect(returnPath(`?next=${encodeURIComponent(wanted)}`, 'http://here')).toBe('/settings');
    },
  );
});
