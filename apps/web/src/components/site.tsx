import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { readAccount, signOut } from '../api/account.ts';
import { useSignedIn } from '../use-signed-in.ts';
import { Button } from './button.tsx';
import { Problem } from './notice.tsx';

const PLACES = [
  ['/runs', 'Runs'],
  ['/settings', 'Settings'],
] as const;

/**
 * The frame of every page behind the sign-in: who is signed in, where one can go, and the page.
 *
 * @param nav links within the place, below the header
 * @param before what stands above every page of the place
 */
export const Site = ({ nav, before }: { nav?: ReactNode; before?: ReactNode }) => {
  const account = useQuery({ queryKey: ['account'], queryFn: readAccount, retry: false });
  useSignedIn(account.error);
  const leave = useMutation({ mutationFn: signOut, onSuccess: () => location.assign('/sign-in') });
  return (
    <div className="mx-auto flex min-h-dvh max-w-4xl flex-col gap-6 px-4 py-6">
      <a href="#content" className="sr-only focus:not-sr-only">
        Skip to content
      </a>
      <header className="flex flex-wrap items-center justify-between gap-3">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <p className="font-mono text-sm text-soft">Mogplex</p>
          <nav aria-label="Main" className="flex gap-4 text-sm">
            {PLACES.map(([to, label]) => (
              <Link key={to} to={to} activeProps={{ className: 'font-semibold' }}>
                {label}
              </Link>
            ))}
          </nav>
        </div>
        <div className="flex flex-wrap items-center gap-3 text-sm">
          <span className="break-all">{account.data?.email}</span>
          <Button busy={leave.isPending} onClick={() => leave.mutate()}>
            Sign out
          </Button>
        </div>
      </header>
      {nav}
      <main id="content" className="flex flex-col gap-6">
        <Problem error={account.error ?? leave.error} />
        {account.data ? (
          <>
            {before}
            <Outlet />
          </>
        ) : null}
      </main>
    </div>
  );
};
