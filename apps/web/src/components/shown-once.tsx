import { CopyButton } from './copy.tsx';
import { Note } from './notice.tsx';

/** A secret that the platform shows this once: a token, an invitation link. `what` names it: `the token`. */
export const ShownOnce = ({ what, secret }: { what: string; secret: string }) => (
  <Note>
    <p className="mb-2">Copy {what} now. It is not shown again.</p>
    <div className="flex flex-wrap items-center gap-2">
      <code className="font-mono break-all">{secret}</code>
      <CopyButton text={secret} what={what} />
    </div>
  </Note>
);
