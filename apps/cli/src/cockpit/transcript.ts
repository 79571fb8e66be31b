import type { TimelineItem } from './state/state.ts';

/** The conversation as Markdown, as `/export` writes it. Notices of the program are left out. */
export function transcript(items: readonly TimelineItem[], title: string): string {
  const parts = items.flatMap((item): string[] => {
    switch (item.kind) {
      case 'user':
        return [`## Prompt\n\n${item.text}`];
      case 'answer':
        return [`## Answer\n\n${item.text}${item.state === 'done' ? '' : `\n\n(${item.state})`}`];
      case 'tool':
        return [`Tool call: \`${item.name}\``];
      case 'reasoning':
      case 'notice':
        return [];
    }
  });
  return `# ${title}\n\n${parts.join('\n\n')}\n`;
}
