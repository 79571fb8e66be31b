import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type Account, changePassword, readAccount, readOptions } from '../../api/account.ts';
import { Button } from '../../components/button.tsx';
import { Field } from '../../components/field.tsx';
import { FreshProblem } from '../../components/fresh.tsx';
import { Note, Problem } from '../../components/notice.tsx';
import { Section, useTitle } from '../../components/page.tsx';
import { Passkeys } from './passkeys.tsx';
import { Sessions } from './sessions.tsx';
import { TwoFactor } from './two-factor.tsx';

/** Every way to sign in to the account, and every browser that is. */
export const SecurityPage = () => {
  useTitle('Sign-in and sessions');
  const account = useQuery({ queryKey: ['account'], queryFn: readAccount });
  const options = useQuery({ queryKey: ['options'], queryFn: readOptions });
  if (!account.data || !options.data) return <Problem error={account.error ?? options.error} />;
  return (
    <>
      <h1 className="text-2xl font-semibold">Sign-in and sessions</h1>
      <Password account={account.data} />
      <Passkeys work={options.data.passkeys} />
      <TwoFactor account={account.data} />
      <Sessions />
    </>
  );
};

const Password = ({ account }: { account: Account }) => {
  const queries = useQueryClient();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const work = useMutation({
    mutationFn: changePassword,
    onSuccess: async () => {
      setNext('');
      await queries.invalidateQueries();
    },
    onSettled: () => setCurrent(''),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    work.mutate(account.hasPassword ? { current, next } : { next });
  };
  return (
    <Section title="Password" about="A new password ends every other session.">
      <form onSubmit={submit} className="flex flex-col gap-4">
        {account.hasPassword ? (
          <Field
            label="Current password"
            name="current"
            type="password"
            autoComplete="current-password"
            required
            value={current}
            onValue={setCurrent}
          />
        ) : null}
        <Field
          label="New password"
          name="next"
          type="password"
          autoComplete="new-password"
          required
          minLength={12}
          hint="At least 12 characters."
          value={next}
          onValue={setNext}
        />
        <FreshProblem error={work.error} />
        {work.isSuccess ? <Note>Changed.</Note> : null}
        <Button type="submit" busy={work.isPending} className="self-start">
          {account.hasPassword ? 'Change the password' : 'Set a password'}
        </Button>
      </form>
    </Section>
  );
};
