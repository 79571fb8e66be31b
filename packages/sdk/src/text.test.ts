import { expect, test } from 'vitest';
import { plainText } from './text.ts';

test('C8 failure 7: text from outside cannot do anything to a terminal', () => {
  expect(plainText('\u001b[31mred\u001b[0m\r\nnext\tcell')).toBe('red next cell');
  expect(plainText('\u001b]0;title\u0007after')).toBe('after');
  expect(plainText('\u009b31mred \u202eevil\u200b')).toBe('red evil');
  expect(plainText('a'.repeat(400))).toHaveLength(301);
  expect(plainText('  Ångström ✓  ')).toBe('Ångström ✓');
});
