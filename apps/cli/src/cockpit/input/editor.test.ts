import { describe, expect, test } from 'vitest';
import * as edit from './editor.ts';

const typed = (text: string, cursor = text.length): edit.Editor => ({ ...edit.EMPTY_EDITOR, text, cursor });

describe('the editor', () => {
  test('inserts and deletes around the cursor, whole characters at a time', () => {
    expect(edit.insert(typed('ad', 1), 'bc')).toMatchObject({ text: 'abcd', cursor: 3 });
    expect(edit.backspace(typed('a👍'))).toMatchObject({ text: 'a', cursor: 1 });
    expect(edit.deleteForward(typed('👍a', 0))).toMatchObject({ text: 'a', cursor: 0 });
    expect(edit.moveLeft(typed('a👍')).cursor).toBe(1);
    expect(edit.moveRight(typed('👍a', 0)).cursor).toBe(2);
    expect(edit.backspace(typed(''))).toMatchObject({ text: '', cursor: 0 });
  });

  test('knows words and rows', () => {
    expect(edit.deleteWord(typed('one two  ')).text).toBe('one ');
    expect(edit.moveWordLeft(typed('one two')).cursor).toBe(4);
    expect(edit.moveWordRight(typed('one two', 0)).cursor).toBe(3);
    expect(edit.deleteToLineStart(typed('one\ntwo')).text).toBe('one\n');
    expect(edit.deleteToLineEnd(typed('one\ntwo', 0)).text).toBe('\ntwo');
    expect(edit.moveLineStart(typed('one\ntwo')).cursor).toBe(4);
    expect(edit.moveLineEnd(typed('one\ntwo', 1)).cursor).toBe(3);
  });

  test('moves between rows at the same column', () => {
    expect(edit.moveUp(typed('long row\nab'), 80).cursor).toBe(2);
    expect(edit.moveDown(typed('long row\nab', 6), 80).cursor).toBe(11);
  });

  test('moves between the rows of a line that is too wide for one', () => {
    const wide = 'abcdefghijKLMNOPQRST漢字xyz';
    expect(edit.moveUp(typed(wide), 13).cursor).toBe(17);
    expect(edit.moveUp(edit.moveUp(typed(wide), 13), 13).cursor).toBe(7);
    expect(edit.moveDown(typed(wide, 3), 13).cursor).toBe(13);
    expect(edit.moveDown(typed(wide, 13), 13).cursor).toBe(21);
    expect(edit.moveDown(typed(`${wide}\nab`, 25), 13).cursor).toBe(28);
    // At the end of a full row the cursor would stand in the next one.
    expect(edit.moveUp(typed('abcdefghij0123456789', 20), 13).cursor).toBe(9);
  });

  test('walks the history from the first row and comes back to the draft', () => {
    let editor = edit.submit(typed('first'));
    editor = edit.submit({ ...editor, text: 'second', cursor: 6 });
    editor = edit.insert(editor, 'draft');
    editor = edit.moveUp(editor, 80);
    expect(editor.text).toBe('second');
    editor = edit.moveUp(edit.moveUp(editor, 80), 80);
    expect(editor.text).toBe('first');
    editor = edit.moveDown(edit.moveDown(editor, 80), 80);
    expect(editor).toMatchObject({ text: 'draft', recalled: undefined });
  });

  test('remembers neither blanks nor the same text twice in a row', () => {
    const once = edit.submit(typed('same'));
    expect(edit.submit({ ...once, text: 'same' }).history).toEqual(['same']);
    expect(edit.submit({ ...once, text: '  ' }).history).toEqual(['same']);
  });
});

describe('characters of more than one code point', () => {
  test.each(['👩‍👩‍👧', '🇩🇪', 'e\u0301', '漢', '👍🏽'])('%s is passed and deleted as one', (character) => {
    const text = `a${character}b`;
    expect(edit.moveLeft(typed(text, text.length - 1)).cursor).toBe(1);
    expect(edit.moveRight(typed(text, 1)).cursor).toBe(text.length - 1);
    expect(edit.backspace(typed(text, text.length - 1))).toMatchObject({ text: 'ab', cursor: 1 });
    expect(edit.deleteForward(typed(text, 1)).text).toBe('ab');
  });
});
