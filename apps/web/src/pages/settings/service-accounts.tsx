import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { createServiceAccount, deleteServiceAccount, listServiceAccounts } from '../../api/settings.ts';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { Field } from '../../components/field.tsx';
import { Problem } from '../../components/notice.tsx';
import { Empty, Section, useTitle } from '../../components/page.tsx';
import { Time } from '../../components/time.tsx';
import { NewToken, TokenList } from './tokens.tsx';

const useServiceAccounts = (teamId: string) =>
  useQuery({ queryKey: ['service-accounts', teamId], queryFn: () => listServiceAccounts(teamId) });

/** The service accounts of a team, for those who run it. */
export const ServiceAccounts = ({ teamId }: { teamId: string }) => {
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ['service-accounts', teamId] });
  const accounts = useServiceAccounts(teamId);
  const [name, setName] = useState('');
  const make = useMutation({
    mutationFn: () => createServiceAccount(teamId, name),
    onSuccess: async () => {
      setName('');
      await refresh();
    },
  });
  const remove = useMutation({ mutationFn: (id: string) => deleteServiceAccount(teamId, id), onSettled: refresh });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Section title="Service accounts" about="For the team's machines: their tokens act for the team and outlast who made them.">
      <Problem error={accounts.error ?? make.error ?? remove.error} />
      {accounts.data?.items.length === 0 ? <Empty>No service account yet. Make one for a build server, then give it a token.</Empty> : null}
      <ul className="flex flex-col divide-y divide-line">
        {accounts.data?.items.map((account) => (
          <li key={account.id} className="flex flex-wrap items-center justify-between gap-3 py-3 text-sm">
            <p className="min-w-0 break-words">
              <Link to="/settings/teams/$teamId/service-accounts/$accountId" params={{ teamId, accountId: account.id }}>
                {account.name}
              </Link>{' '}
              <span className="text-soft">
                made <Time at={account.createdAt} />
              </span>
            </p>
            <Confirm
              action="Delete"
              subject={`the service account ${account.name}`}
              title={`Delete ${account.name}?`}
              busy={remove.isPending && remove.variables === account.id}
              onConfirm={() => remove.mutate(account.id)}
            >
              Its tokens are refused from this moment. This cannot be undone.
            </Confirm>
          </li>
        ))}
      </ul>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Name of the service account" name="service-account" required maxLength={80} value={name} onValue={setName} />
        <Button type="submit" busy={make.isPending} className="self-start">
          Make a service account
        </Button>
      </form>
    </Section>
  );
};

/** One service account: its tokens, as a person's own stand on the page of access tokens. */
export const ServiceAccountPage = () => {
  const { teamId, accountId } = useParams({ from: '/settings/teams/$teamId/service-accounts/$accountId' });
  const accounts = useServiceAccounts(teamId);
  const account = accounts.data?.items.find(({ id }) => id === accountId);
  useTitle(account?.name ?? 'Service account');
  if (!account) {
    return <Problem error={accounts.error ?? (accounts.data ? new Error('There is no such service account in this team.') : null)} />;
  }
  return (
    <>
      <h1 className="text-2xl font-semibold break-words">{account.name}</h1>
      <p className="text-sm">
        <Link to="/settings/teams/$teamId" params={{ teamId }}>
          Back to the team
        </Link>
      </p>
      <NewToken serviceAccountId={account.id} />
      <TokenList serviceAccountId={account.id} />
    </>
  );
};
