import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { renderSVG } from 'uqr';
import { type Account, confirmTwoFactor, disableTwoFactor, startTwoFactor } from '../../api/account.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy.tsx';
import { Field } from '../../components/field.tsx';
import { FreshProblem } from '../../components/fresh.tsx';
import { Note, Problem } from '../../components/notice.tsx';
import { Section } from '../../components/page.tsx';

/** The authenticator app as a second step after the password. */
export const TwoFactor = ({ account }: { account: Account }) => {
  const queries = useQueryClient();
  const [password, setPassword] = useState('');
  const start = useMutation({ mutationFn: startTwoFactor, onSettled: () => setPassword('') });
  const disable = useMutation({
    mutationFn: disableTwoFactor,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['account'] }),
    onSettled: () => setPassword(''),
  });
  const work = account.twoFactor ? disable : start;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    work.mutate(password);
  };
  const confirmed = async (): Promise<void> => {
    start.reset();
    await queries.invalidateQueries({ queryKey: ['account'] });
  };
  return (
    <Section
      title="Authenticator app"
      about={account.twoFactor ? 'A code of your app is asked for after the password.' : 'Ask for a code of an app after the password.'}
    >
      {start.data ? (
        <Confirmation uri={start.data.uri} backupCodes={start.data.backupCodes} onConfirmed={confirmed} />
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-4">
          {account.hasPassword ? (
            <Field
              label="Your password"
              name="two-factor-password"
              type="password"
              autoComplete="current-password"
              required
              value={password}
              onValue={setPassword}
            />
          ) : null}
          <FreshProblem error={work.error} />
          <Button type="submit" busy={work.isPending} className="self-start">
            {account.twoFactor ? 'Turn it off' : 'Set it up'}
          </Button>
        </form>
      )}
    </Section>
  );
};

interface ConfirmationProps {
  uri: string;
  backupCodes: readonly string[];
  onConfirmed: () => Promise<void>;
}

const Confirmation = ({ uri, backupCodes, onConfirmed }: ConfirmationProps) => {
  const [code, setCode] = useState('');
  const work = useMutation({ mutationFn: confirmTwoFactor, onSuccess: onConfirmed, onError: () => setCode('') });
  const secret = new URL(uri).searchParams.get('secret') ?? '';
  const picture = `data:image/svg+xml,${encodeURIComponent(renderSVG(uri, { border: 2 }))}`;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    work.mutate(code.replaceAll(' ', ''));
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <p className="text-sm">Scan this with the app, or type the key into it.</p>
      <img src={picture} alt="QR code that holds the key below" className="size-48 self-start rounded bg-white" />
      <div className="flex flex-wrap items-center gap-2">
        <code className="font-mono text-sm break-all">{secret}</code>
        <CopyButton text={secret} what="the key" />
      </div>
      <Note>
        <p className="mb-2">
          Keep these backup codes where you keep passwords. Each works once, when the app is lost. They are not shown again.
        </p>
        <ul className="mb-2 grid grid-cols-2 gap-1 font-mono">
          {backupCodes.map((backup) => (
            <li key={backup}>{backup}</li>
          ))}
        </ul>
        <CopyButton text={backupCodes.join('\n')} what="the backup codes" />
      </Note>
      <Field
        label="Code that the app shows"
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        pattern="[0-9 ]{6,7}"
        required
        value={code}
        onValue={setCode}
      />
      <Problem error={work.error} />
      <Button type="submit" look="primary" busy={work.isPending} className="self-start">
        Turn it on
      </Button>
    </form>
  );
};
