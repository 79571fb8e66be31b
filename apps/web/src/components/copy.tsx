import { useState } from 'react';
import { Button } from './button.tsx';

/** Copies a text to the clipboard and says so; `what` names it for people who do not see it. */
export const CopyButton = ({ text, what }: { text: string; what: string }) => {
  const [state, setState] = useState<'ready' | 'copied' | 'failed'>('ready');
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('failed'),
    );
  };
  return (
    <span className="inline-flex items-center gap-2">
      <Button onClick={copy} aria-label={`Copy ${what}`}>
        {state === 'copied' ? 'Copied' : 'Copy'}
      </Button>
      <output className={state === 'failed' ? 'text-sm text-danger' : 'sr-only'}>
        {state === 'copied' ? `${what} copied` : state === 'failed' ? 'The browser refused: select the text and copy it.' : ''}
      </output>
    </span>
  );
};
