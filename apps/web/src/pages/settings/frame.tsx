import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { readAccount, signOut } from '../../api/account.ts';
import { Button } from '../../components/button.tsx';
import { Problem } from '../../components/notice.tsx';
import { Notices } from './notices.tsx';
import { useSignedIn } from '../../use-signed-in.ts';

const PAGES = [
  ['/settings', 'Profile'],
  ['/settings/security', 'Sign-in and sessions'],
  ['/settings/tokens', 'Access tokens'],
  ['/settings/apps', 'Connected apps and terminals'],
  ['/settings/models', 'Models and usage'],
  ['/settings/api-keys', 'API Keys'],
  ['/settings/teams', 'Teams'],
] as const;

/** The frame of every settings page: who is signed in, where one can go, and the page. */
export const SettingsFrame = () => {
  const account = useQuery({ queryKey: ['account'], queryFn: readAccount, retry: false });
  useSignedIn(account.error);
  const leave = useMutation({ mutationFn: signOut, onSuccess: () => location.assign('/sign-in') });
  return (
    <div className="mx-auto flex min-h-dvh max-w-4xl flex-col gap-6 px-4 py-6">
      <a href="#content" className="sr-only focus:not-sr-only">
        Skip to content
      </a>
      <header className="flex flex-wrap items-center justify-between gap-3">
        <p className="font-mono text-sm text-soft">Mogplex</p>
        <div className="flex flex-wrap items-center gap-3 text-sm">
          <span className="break-all">{account.data?.email}</span>
          <Button busy={leave.isPending} onClick={() => leave.mutate()}>
            Sign out
          </Button>
        </div>
      </header>
      <nav aria-label="Settings" className="flex flex-wrap gap-x-4 gap-y-2 border-b border-line pb-3 text-sm">
        {PAGES.map(([to, label]) => (
          <Link key={to} to={to} activeOptions={{ exact: to === '/settings' }} activeProps={{ className: 'font-semibold' }}>
            {label}
          </Link>
        ))}
      </nav>
      <main id="content" className="flex flex-col gap-6">
        <Problem error={account.error ?? leave.error} />
        {account.data ? (
          <>
            <Notices />
            <Outlet />
          </>
        ) : null}
      </main>
    </div>
  );
};
