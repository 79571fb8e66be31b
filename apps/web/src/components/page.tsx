import { type ReactNode, useEffect } from 'react';

/** A narrow page with one task: set-up, sign-in, consent. Its title is the document's title too. */
export const TaskPage = ({ title, children }: { title: string; children: ReactNode }) => {
  useTitle(title);
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col gap-6 px-4 py-10">
      <p className="font-mono text-sm text-soft">Mogplex</p>
      <h1 className="text-2xl font-semibold">{title}</h1>
      {children}
    </main>
  );
};

/** Sets the document's title while a page is shown. */
export const useTitle = (title: string): void => {
  useEffect(() => {
    document.title = `${title} · Mogplex`;
  }, [title]);
};

/** A titled part of a settings page. */
export const Section = ({ title, about, children }: { title: string; about?: string | undefined; children: ReactNode }) => (
  <section className="flex flex-col gap-4 rounded-lg border border-line bg-card p-4 sm:p-6">
    <div className="flex flex-col gap-1">
      <h2 className="text-lg font-semibold">{title}</h2>
      {about === undefined ? null : <p className="text-sm text-soft">{about}</p>}
    </div>
    {children}
  </section>
);

/** What a list says while it has no row: what it would hold and what to do next. */
export const Empty = ({ children }: { children: ReactNode }) => (
  <p className="rounded-md border border-dashed border-line p-4 text-sm text-soft">{children}</p>
);
