import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type Account, changeEmail, deleteAccount, readAccount, renameAccount } from '../../api/account.ts';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { Field } from '../../components/field.tsx';
import { FreshProblem } from '../../components/fresh.tsx';
import { Note, Problem } from '../../components/notice.tsx';
import { Section, useTitle } from '../../components/page.tsx';

/** Name, email address and the end of the account. */
export const ProfilePage = () => {
  useTitle('Profile');
  const account = useQuery({ queryKey: ['account'], queryFn: readAccount });
  if (!account.data) return <Problem error={account.error} />;
  return (
    <>
      <h1 className="text-2xl font-semibold">Profile</h1>
      <Name account={account.data} />
      <Email account={account.data} />
      <Deletion account={account.data} />
    </>
  );
};

const Name = ({ account }: { account: Account }) => {
  const queries = useQueryClient();
  const [name, setName] = useState(account.name);
  const work = useMutation({ mutationFn: renameAccount, onSuccess: () => queries.invalidateQueries({ queryKey: ['account'] }) });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    work.mutate(name);
  };
  return (
    <Section title="Name">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Your name" name="name" autoComplete="name" required maxLength={80} value={name} onValue={setName} />
        <Problem error={work.error} />
        {work.isSuccess ? <Note>Saved.</Note> : null}
        <Button type="submit" busy={work.isPending} className="self-start">
          Save the name
        </Button>
      </form>
    </Section>
  );
};

const UNPROVEN = 'Nobody has proven yet that it is yours: an invitation to it, or a sign-in with a GitHub account that has it, does.';

const Email = ({ account }: { account: Account }) => {
  const queries = useQueryClient();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const work = useMutation({
    mutationFn: changeEmail,
    onSuccess: async () => {
      setEmail('');
      await queries.invalidateQueries({ queryKey: ['account'] });
    },
    onSettled: () => setPassword(''),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    work.mutate(account.hasPassword ? { email, password } : { email });
  };
  return (
    <Section title="Email" about={`You sign in as ${account.email}. ${account.emailVerified ? '' : UNPROVEN}`}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="New email" name="email" type="email" autoComplete="email" required value={email} onValue={setEmail} />
        {account.hasPassword ? (
          <Field
            label="Your password"
            name="current-password"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onValue={setPassword}
          />
        ) : null}
        <FreshProblem error={work.error} />
        {work.isSuccess ? <Note>Changed.</Note> : null}
        <Button type="submit" busy={work.isPending} className="self-start">
          Change the email
        </Button>
      </form>
    </Section>
  );
};

const Deletion = ({ account }: { account: Account }) => {
  const [typed, setTyped] = useState('');
  const work = useMutation({ mutationFn: deleteAccount, onSuccess: () => location.assign('/sign-in') });
  return (
    <Section title="Delete the account" about="Takes your sessions, tokens, keys and personal team away. What others own stays.">
      <Field label={`Type ${account.email} to confirm`} name="confirm" autoComplete="off" value={typed} onValue={setTyped} />
      <FreshProblem error={work.error} />
      {typed === account.email ? (
        <div>
          <Confirm
            action="Delete"
            subject="the account"
            title="Delete the account?"
            busy={work.isPending}
            onConfirm={() => work.mutate(typed)}
          >
            Every script and terminal that acts as {account.email} stops working. This cannot be undone.
          </Confirm>
        </div>
      ) : null}
    </Section>
  );
};
