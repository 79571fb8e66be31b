import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { secondFactor, type SecondFactorMethod } from '../api/account.ts';
import { Button } from '../components/button.tsx';
import { Field } from '../components/field.tsx';
import { Problem } from '../components/notice.tsx';
import { TaskPage } from '../components/page.tsx';

/** The second step of a sign-in: the code of an authenticator app, or a backup code. */
export const SecondFactor = ({ onDone }: { onDone: () => void }) => {
  const [method, setMethod] = useState<SecondFactorMethod>('totp');
  const [code, setCode] = useState('');
  const work = useMutation({ mutationFn: secondFactor, onSuccess: onDone, onError: () => setCode('') });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    work.mutate({ code: code.trim(), method });
  };
  return (
    <TaskPage title="One more step">
      <form onSubmit={submit} className="flex flex-col gap-4">
        {method === 'totp' ? (
          <Field
            key="totp"
            label="Code of your authenticator app"
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            pattern="[0-9 ]{6,7}"
            required
            value={code}
            onValue={setCode}
          />
        ) : (
          <Field key="backup" label="Backup code" name="backup" autoComplete="off" required value={code} onValue={setCode} />
        )}
        <Problem error={work.error} />
        <Button type="submit" look="primary" busy={work.isPending}>
          Continue
        </Button>
        <Button
          onClick={() => {
            setMethod(method === 'totp' ? 'backup' : 'totp');
            setCode('');
          }}
        >
          {method === 'totp' ? 'Use a backup code' : 'Use the authenticator app'}
        </Button>
      </form>
    </TaskPage>
  );
};
