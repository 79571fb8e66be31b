import { describe, expect, test } from 'vitest';
import { parseStatements, statementsOfTitle, titlesOfSource } from './mission-parse.ts';

describe('the mission table', () => {
  test('a row gives its number, its promise and whether it is claimed', () => {
    const page =
      '| # | promise | settled | claimed |\n| --- | --- | --- | --- |\n| A1 | a fixed order | env first | yes |\n| D9 | a chain | hashed | not yet |';
    expect(parseStatements(page)).toEqual([
      { number: 'A1', promise: 'a fixed order', claimed: true },
      { number: 'D9', promise: 'a chain', claimed: false },
    ]);
  });

  test('a row that does not say whether it is claimed is an error', () => {
    expect(() => parseStatements('| A1 | a fixed order | env first | perhaps |')).toThrow(/A1/);
  });

  test('only numbers that open a title count', () => {
    expect(statementsOfTitle('A6 A8 the login screen')).toEqual(['A6', 'A8']);
    expect(statementsOfTitle('C8 failure 3: a crash')).toEqual(['C8']);
    expect(statementsOfTitle('D1, D2: nothing leaks')).toEqual(['D1', 'D2']);
    expect(statementsOfTitle('logout proves A14')).toEqual([]);
    expect(statementsOfTitle('A100 is none')).toEqual([]);
  });

  test('titles are found in every quoting and form', () => {
    const source = [
      "test('A1 one', () => {});",
      'it.each(rows)("A2 two %s", () => {});',
      'describe.each(stores)(`A3 three`, () => {});',
      "describeStores('B3 four', () => {});",
      "test.concurrent('A4 it\\'s four', () => {});",
    ].join('\n');
    expect(titlesOfSource(source)).toEqual(['A1 one', 'A2 two %s', 'A3 three', 'B3 four', "A4 it\\'s four"]);
  });
});
