import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { readAccount, readOptions, startGitHub } from '../api/account.ts';
import { acceptInvitation, previewInvitation } from '../api/settings.ts';
import { Button } from '../components/button.tsx';
import { Field } from '../components/field.tsx';
import { Note, Problem } from '../components/notice.tsx';
import { TaskPage } from '../components/page.tsx';
import { signInPath } from '../return-path.ts';

/** Where this tab keeps the code while the person signs in and comes back: no server sees it there, nor in the fragment. */
const KEPT = 'mogplex.invitation';

const codeOfLink = (): string => {
  const code = location.hash.slice(1);
  if (code === '') return sessionStorage.getItem(KEPT) ?? '';
  sessionStorage.setItem(KEPT, code);
  return code;
};

/** The page behind an invitation link. The code stands in the fragment; it is spent only by a press of the button. */
export const InvitePage = () => {
  const [code] = useState(codeOfLink);
  const invitation = useQuery({ queryKey: ['invitation', code], queryFn: () => previewInvitation(code), retry: false });
  const accept = useMutation({
    mutationFn: acceptInvitation,
    onSuccess: () => {
      sessionStorage.removeItem(KEPT);
      location.assign('/settings/teams');
    },
  });
  const { data } = invitation;
  return (
    <TaskPage title={data ? `Join ${data.team}` : 'Join a team'}>
      <Problem error={invitation.error} />
      {invitation.isPending ? <output className="block">Reading the invitation …</output> : null}
      {data ? (
        <p>
          This invitation is for <strong>{data.email}</strong>, as {data.role}.
        </p>
      ) : null}
      {data?.hasAccount === true ? (
        <JoinSignedIn email={data.email} busy={accept.isPending} onJoin={() => accept.mutate({ code })} />
      ) : null}
      {data?.hasAccount === false ? (
        <JoinAnew busy={accept.isPending} onJoin={(name, password) => accept.mutate({ code, name, password })} />
      ) : null}
      <Problem error={accept.error} />
    </TaskPage>
  );
};

const JoinSignedIn = ({ email, busy, onJoin }: { email: string; busy: boolean; onJoin: () => void }) => {
  const account = useQuery({ queryKey: ['account'], queryFn: readAccount, retry: false });
  if (account.data?.email === email) {
    return (
      <Button look="primary" busy={busy} onClick={onJoin}>
        Join
      </Button>
    );
  }
  return (
    <Note>
      This address has an account here. <a href={signInPath('/invite')}>Sign in with it</a>, then come back to this page.
    </Note>
  );
};

const JoinAnew = ({ busy, onJoin }: { busy: boolean; onJoin: (name: string, password: string) => void }) => {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onJoin(name, password);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="Your name" name="name" autoComplete="name" required maxLength={80} value={name} onValue={setName} />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        required
        minLength={12}
        hint="At least 12 characters."
        value={password}
        onValue={setPassword}
      />
      <Button type="submit" look="primary" busy={busy}>
        Make an account and join
      </Button>
      <JoinByGitHub />
    </form>
  );
};

/** Makes the account by a sign-in with GitHub, where the platform offers it; the person comes back here to join. */
const JoinByGitHub = () => {
  const options = useQuery({ queryKey: ['options'], queryFn: readOptions });
  const gitHub = useMutation({ mutationFn: startGitHub, onSuccess: ({ url }) => location.assign(url) });
  if (options.data?.github !== true) return <Problem error={options.error} />;
  return (
    <>
      <Button busy={gitHub.isPending} onClick={() => gitHub.mutate('/invite')}>
        Continue with GitHub
      </Button>
      <p className="text-sm text-soft">GitHub must know you by this address, as your primary one.</p>
      <Problem error={gitHub.error} />
    </>
  );
};
