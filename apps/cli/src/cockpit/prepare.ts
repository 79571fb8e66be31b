import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Cockpit } from './controller.ts';
import type { TimelineRows } from './panels/timeline.ts';

/** One piece of Markdown of every kind: its first reading builds patterns, its second makes machine code of them. */
const SAMPLES = [
  '# Heading\n\nSome *plain* **words**, `code`, a [link](https://example.com) and ~~more~~ of them.\n',
  'Heading\n=======\n\n- one\n- two\n  1. three\n',
  '> quoted\n\n| a | b |\n| - | - |\n| 1 | 2 |\n',
  '<b>html</b>\n\n```ts\nconst a = 1;\n```\n\n---\n',
];

/**
 * Gets ready for answers when a person begins to type, or at the first turn: loads what reads Markdown and what masks
 * secrets, and uses both once. Keys and frames get their turn between the steps, so that none of it is felt, neither
 * now nor in the midst of the first answer.
 */
export function prepareForAnswers(cockpit: Cockpit, rows: TimelineRows): void {
  const unsubscribe = cockpit.store.subscribe(() => {
    if (cockpit.state.turn === 'idle' && cockpit.state.editor.text === '') return;
    unsubscribe();
    prepare(cockpit, rows).catch(async (error: unknown) => await cockpit.report(error));
  });
}

async function prepare(cockpit: Cockpit, rows: TimelineRows): Promise<void> {
  await nextTurn();
  const { code, markdownLines } = await import('./text/markdown.ts');
  rows.use({ markdown: markdownLines, code });
  cockpit.store.update((state) => ({ ...state }));
  for (const sample of [...SAMPLES, ...SAMPLES]) {
    await nextTurn();
    markdownLines(sample, 80);
  }
  await nextTurn();
  const { createAnswerText } = await import('./redact.ts');
  await nextTurn();
  const text = createAnswerText();
  for (const sample of SAMPLES) text.push(sample);
  text.end();
}
