import type { ReactNode } from 'react';
import { describeError } from '../api/problem.ts';

/** An error, read out as soon as it appears, with what to do and the request id for support. */
export const Problem = ({ error }: { error: unknown }) => {
  if (error === null || error === undefined) return null;
  const { message, hint, requestId } = describeError(error);
  return (
    <div role="alert" className="rounded-md border border-danger bg-card p-3 text-sm">
      <p className="font-medium text-danger">{message}</p>
      {hint === undefined ? null : <p className="mt-1">{hint}</p>}
      {requestId === undefined ? null : <p className="mt-1 font-mono text-xs text-soft">request {requestId}</p>}
    </div>
  );
};

/** A calm message that assistive technology reads when it appears. */
export const Note = ({ children }: { children: ReactNode }) => <output className="block rounded-md bg-note p-3 text-sm">{children}</output>;
