import { LONGEST_HISTORY } from './editor.ts';

/** A text longer than this is not kept for the next session. */
const LONGEST_ENTRY = 16_384;

/** The texts in a history file, oldest first: one JSON string a line. A line that is no such string is passed over. */
export function parseHistory(content: string): string[] {
  const texts = content.split('\n').flatMap((line) => {
    try {
      const text: unknown = JSON.parse(line);
      return typeof text === 'string' && text.trim() !== '' ? [text] : [];
    } catch {
      // A line that was cut, or that somebody else wrote, is not part of the history.
      return [];
    }
  });
  return texts.slice(-LONGEST_HISTORY);
}

/** The line that keeps a text; undefined for one that is not kept. */
export function historyLine(text: string): string | undefined {
  return text.trim() === '' || text.length > LONGEST_ENTRY ? undefined : `${JSON.stringify(text)}\n`;
}
