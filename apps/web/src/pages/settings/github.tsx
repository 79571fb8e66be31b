import type { GitHubLinkInfo } from '@mogplex/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { linkGitHub, readGitHub, unlinkGitHub } from '../../api/github.ts';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { FreshProblem } from '../../components/fresh.tsx';
import { Note, Problem } from '../../components/notice.tsx';
import { Empty, Section, useTitle } from '../../components/page.tsx';
import { Repositories } from './repositories.tsx';

/** Why GitHub sent the browser back without a link. */
const REFUSALS: Record<string, string> = {
  access_denied: 'It was refused at GitHub.',
  state_mismatch: 'This was not started here, or took too long. Start it again.',
  another_linked: 'Another GitHub account is linked to this account. Disconnect it first.',
  linked_elsewhere: 'This GitHub account is linked to another Mogplex account.',
};

/** GitHub: what is linked, how much of it can be seen, the repositories, and the end of it. */
export const GitHubPage = () => {
  useTitle('GitHub');
  const github = useQuery({ queryKey: ['github'], queryFn: readGitHub, retry: false });
  const refused = new URLSearchParams(location.search).get('error');
  return (
    <>
      <h1 className="text-2xl font-semibold">GitHub</h1>
      {refused === null ? null : <Problem error={new Error(REFUSALS[refused] ?? 'GitHub could not be linked. Try again.')} />}
      <Problem error={github.error} />
      {github.data ? <Connection github={github.data} /> : null}
      {github.data?.linked === true && !github.data.broken ? <Repositories /> : null}
    </>
  );
};

const SEEN: Record<GitHubLinkInfo['access'], string> = {
  none: 'Nothing is linked.',
  public: 'Mogplex knows who you are at GitHub and sees your public repositories.',
  all: 'Mogplex sees your public and private repositories.',
  installed: 'Mogplex sees the repositories that its GitHub App was installed on.',
};

const Connection = ({ github }: { github: GitHubLinkInfo }) => {
  const queries = useQueryClient();
  const link = useMutation({ mutationFn: linkGitHub, onSuccess: ({ url }) => location.assign(url) });
  const unlink = useMutation({ mutationFn: unlinkGitHub, onSuccess: () => queries.invalidateQueries() });
  if (!github.offered && !github.linked) return <Empty>The operator of this platform has not set up GitHub.</Empty>;
  return (
    <Section title={github.login === null ? 'Connection' : `@${github.login} at ${github.host}`} about={SEEN[github.access]}>
      {github.broken ? <Problem error={new Error(`${github.host} no longer accepts the link. Reconnect GitHub.`)} /> : null}
      <FreshProblem error={link.error ?? unlink.error} />
      {unlink.data?.revoked === false ? (
        <Note>
          Disconnected here. {github.host} did not confirm it: take the application off the list in your settings there, under Applications.
        </Note>
      ) : null}
      <Choices github={github} busy={link.isPending} onLink={(access) => link.mutate(access)} />
      {github.linked ? (
        <div>
          <Confirm
            action="Disconnect"
            subject="GitHub"
            title="Disconnect GitHub?"
            busy={unlink.isPending}
            onConfirm={() => unlink.mutate()}
          >
            Mogplex forgets its access and asks GitHub to end it. You keep your other ways to sign in.
          </Confirm>
        </div>
      ) : null}
    </Section>
  );
};

interface ChoicesProps {
  github: GitHubLinkInfo;
  busy: boolean;
  onLink: (access: 'public' | 'all') => void;
}

/** What can be asked of GitHub from here; asking for more is always the person's own step. */
const Choices = ({ github, busy, onLink }: ChoicesProps) => {
  if (!github.offered) return null;
  if (github.broken) {
    return (
      <Button look="primary" busy={busy} className="self-start" onClick={() => onLink(github.access === 'all' ? 'all' : 'public')}>
        Reconnect GitHub
      </Button>
    );
  }
  return (
    <>
      {github.linked ? null : (
        <Button look="primary" busy={busy} className="self-start" onClick={() => onLink('public')}>
          Link GitHub
        </Button>
      )}
      {github.access === 'all' || github.access === 'installed' ? null : (
        <div className="flex flex-col gap-2">
          <p className="text-sm">
            To show private repositories, GitHub has no smaller permission than <code>repo</code>, which also allows writing. You can take
            it back at any time.
          </p>
          <Button busy={busy} className="self-start" onClick={() => onLink('all')}>
            Let Mogplex see my private repositories
          </Button>
        </div>
      )}
    </>
  );
};
