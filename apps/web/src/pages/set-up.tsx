import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { setUp } from '../api/account.ts';
import { Button } from '../components/button.tsx';
import { Field } from '../components/field.tsx';
import { Problem } from '../components/notice.tsx';
import { TaskPage } from '../components/page.tsx';

/** The page behind the set-up link: makes the owner's account. The one-time code stands in the fragment, which no server sees. */
export const SetUpPage = () => {
  const [code] = useState(() => location.hash.slice(1));
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const work = useMutation({ mutationFn: setUp, onSuccess: () => location.assign('/settings') });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    work.mutate({ code, email, password });
  };
  if (code === '') {
    return (
      <TaskPage title="Set up Mogplex">
        <p>
          This page is opened by the set-up link that the platform prints when it starts. Open that link as a whole, with what follows the
          #.
        </p>
      </TaskPage>
    );
  }
  return (
    <TaskPage title="Set up Mogplex">
      <p className="text-soft">Make the owner's account. It can invite everybody else. This link works once.</p>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Email" name="email" type="email" autoComplete="username" required value={email} onValue={setEmail} />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          minLength={12}
          hint="At least 12 characters. A few unrelated words do well."
          value={password}
          onValue={setPassword}
        />
        <Problem error={work.error} />
        <Button type="submit" look="primary" busy={work.isPending}>
          Make the account
        </Button>
      </form>
    </TaskPage>
  );
};
