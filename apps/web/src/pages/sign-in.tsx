import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { readOptions, signIn, startGitHub } from '../api/account.ts';
import { passkeysWork, signInWithPasskey } from '../api/passkey.ts';
import { Button } from '../components/button.tsx';
import { Field } from '../components/field.tsx';
import { Problem } from '../components/notice.tsx';
import { TaskPage } from '../components/page.tsx';
import { returnPath } from '../return-path.ts';
import { SecondFactor } from './second-factor.tsx';

/** What a sign-in at another site that came back refused means to a person. */
const REFUSALS: Record<string, string> = {
  access_denied: 'The sign-in was refused on the other site.',
  state_mismatch: 'This sign-in was not started here, or took too long. Start it again.',
  account_not_linked: 'An account with this address exists. Sign in with its password, then link GitHub in Settings.',
  signup_disabled: 'Nobody has invited this address yet.',
};

/** Sign-in by password (and second factor), passkey or GitHub. */
export const SignInPage = () => {
  const next = returnPath(location.search);
  const [step, setStep] = useState<'first' | 'second-factor'>(() =>
    new URLSearchParams(location.search).get('step') === 'second-factor' ? 'second-factor' : 'first',
  );
  const done = (): void => location.assign(next);
  if (step === 'second-factor') return <SecondFactor onDone={done} />;
  const refused = new URLSearchParams(location.search).get('error');
  return (
    <TaskPage title="Sign in">
      {refused === null ? null : <Problem error={new Error(REFUSALS[refused] ?? 'The sign-in did not succeed. Try again.')} />}
      <PasswordForm onDone={done} onSecondFactor={() => setStep('second-factor')} />
      <OtherWays next={next} onDone={done} />
    </TaskPage>
  );
};

const PasswordForm = ({ onDone, onSecondFactor }: { onDone: () => void; onSecondFactor: () => void }) => {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const work = useMutation({
    mutationFn: signIn,
    onSuccess: ({ status }) => (status === 'signed-in' ? onDone() : onSecondFactor()),
    onError: () => setPassword(''),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    work.mutate({ email, password });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="Email" name="email" type="email" autoComplete="username webauthn" required value={email} onValue={setEmail} />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onValue={setPassword}
      />
      <Problem error={work.error} />
      <Button type="submit" look="primary" busy={work.isPending}>
        Sign in
      </Button>
    </form>
  );
};

const OtherWays = ({ next, onDone }: { next: string; onDone: () => void }) => {
  const options = useQuery({ queryKey: ['options'], queryFn: readOptions });
  const passkey = useMutation({ mutationFn: signInWithPasskey, onSuccess: onDone });
  const gitHub = useMutation({ mutationFn: startGitHub, onSuccess: ({ url }) => location.assign(url) });
  const showPasskey = passkeysWork() && options.data?.passkeys === true;
  const showGitHub = options.data?.github === true;
  return (
    <div className="flex flex-col gap-3">
      {options.data?.hasAccounts === false ? (
        <p className="text-sm">Nobody has an account here yet. Open the set-up link that the platform printed when it started.</p>
      ) : null}
      {showPasskey ? (
        <Button busy={passkey.isPending} onClick={() => passkey.mutate()}>
          Use a passkey
        </Button>
      ) : null}
      {showGitHub ? (
        <Button busy={gitHub.isPending} onClick={() => gitHub.mutate(next)}>
          Continue with GitHub
        </Button>
      ) : null}
      <Problem error={passkey.error ?? gitHub.error ?? options.error} />
    </div>
  );
};
