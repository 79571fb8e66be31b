/** The keys of the cockpit, for `/help` and the manual. */
export const KEY_HELP: readonly { keys: string; does: string }[] = [
  { keys: 'Enter', does: 'send' },
  { keys: 'Shift+Enter', does: 'new line (also Alt+Enter, Ctrl+J)' },
  { keys: 'Up, Down', does: 'rows of the text, then earlier texts; what a / line can become' },
  { keys: 'Tab', does: 'complete commands, models, providers, runs; again for the next one' },
  { keys: 'Shift+Tab', does: 'next permission mode' },
  { keys: 'PageUp, PageDown', does: 'scroll the conversation' },
  { keys: 'Ctrl+P', does: 'command palette (also Ctrl+K on an empty row)' },
  { keys: 'Ctrl+T', does: 'show or hide the panels' },
  { keys: 'Ctrl+L', does: 'draw the screen anew' },
  { keys: 'Ctrl+Z', does: 'back to the shell; `fg` there comes back' },
  { keys: 'Ctrl+A, Ctrl+E', does: 'start, end of the row' },
  { keys: 'Ctrl+U, Ctrl+K, Ctrl+W', does: 'delete to the start, to the end, a word' },
  { keys: 'Ctrl+C', does: 'interrupt an answer, a sign-in or a list that is waited for; twice within 1.5 s leaves' },
  { keys: 'Esc', does: 'close a drawer; stop waiting for a list; in an empty composer, go to the conversation' },
  { keys: 'q', does: 'in the conversation with no drawer open: leave' },
];
