import { Secret } from '@mogplex/credentials';
import { useCursor, useInput, usePaste } from 'ink';
import { type ReactNode, useRef, useState } from 'react';
import type { Cockpit } from '../controller.ts';
import { Row } from '../panels/rows.tsx';
import { stringWidth } from '../text/width.ts';

const MOST_BULLETS = 48;
const LABEL = '  Key ';

/**
 * The masked entry of a key. What is typed or pasted lives in a ref of this component until Enter; the screen only ever
 * gets bullets, and nothing of it enters the state.
 *
 * @param row of the screen that it stands in, counted from the top
 */
export function KeyField({ cockpit, provider, row }: { cockpit: Cockpit; provider: string; row: number }): ReactNode {
  const value = useRef('');
  const [length, setLength] = useState(0);
  const set = (next: string): void => {
    value.current = next;
    setLength(next.length);
  };
  const send = (): void => {
    const typed = value.current.trim();
    set('');
    void cockpit.login.submitKey(provider, typed === '' ? undefined : new Secret(typed, `typed ${provider} key`));
  };
  useInput((input, key) => {
    if (key.eventType === 'release') return;
    if (key.ctrl && input === 'c') {
      set('');
      cockpit.interrupt();
    } else if (key.escape) cockpit.login.back();
    else if (key.return) send();
    else if (key.backspace || key.delete) set(value.current.slice(0, -1));
    else if (key.ctrl && input === 'u') set('');
    else if (!key.ctrl && !key.meta && !key.tab) {
      // What was typed behind Enter, in one piece with it, is no part of the key.
      const [typed = '', ...more] = input.split('\r');
      set(value.current + printable(typed));
      if (more.length > 0) send();
    }
  });
  usePaste((text) => set(value.current + printable(text)));
  const bullets = '•'.repeat(Math.min(length, MOST_BULLETS)) + (length > MOST_BULLETS ? ` ${length} characters` : '');
  const { setCursorPosition } = useCursor();
  setCursorPosition({ x: LABEL.length + stringWidth(bullets), y: row });
  return <Row line={[{ text: LABEL, color: 'muted' }, { text: bullets }]} />;
}

/** A key is one line without controls: what a paste carries beside it is dropped. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0020\u007f-\u009f]/g, '');
}
