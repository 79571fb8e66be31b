/** One row of docs/mission.md. */
export interface Statement {
  /** Letter and number, for instance `A14`. */
  number: string;
  promise: string;
  /** Whether the product claims to keep it today: then a passing test must carry its number. */
  claimed: boolean;
}

/** The rows `| A1 | promise | ... | claimed |` of the mission page; the last cell says `yes` or `not yet`. */
export const parseStatements = (page: string): Statement[] =>
  page.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    const number = cells[1];
    const promise = cells[2];
    const state = cells.at(-2);
    if (number === undefined || promise === undefined || !/^[A-D]\d+$/.test(number)) return [];
    if (state !== 'yes' && state !== 'not yet') throw new Error(`${number}: the last cell must say "yes" or "not yet"`);
    return [{ number, promise, claimed: state === 'yes' }];
  });

/** The statement numbers that a test's title opens with: `A6 A8 the login screen ...` gives `A6` and `A8`. */
export const statementsOfTitle = (title: string): string[] => {
  const opening = /^((?:[A-D]\d{1,2}\b[\s,/+:&]*(?:and\s+)?)+)/.exec(title)?.[1] ?? '';
  return opening.match(/[A-D]\d{1,2}/g) ?? [];
};

/** The titles of `test`, `it` and `describe` calls in a source text, `each` and concurrent forms included. */
export const titlesOfSource = (source: string): string[] => {
  const calls =
    /\b(?:test|it|describe\w*)(?:\.(?:concurrent|sequential|each|for)\b)*(?:\([^'"`]*?\)|\s*<[^>]*>)?\s*\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g;
  return [...source.matchAll(calls)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
};
