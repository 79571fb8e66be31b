import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { readAccount } from '../api/account.ts';
import { decideDevice, type DeviceRequest, readDevice } from '../api/oauth.ts';
import { Button } from '../components/button.tsx';
import { Field } from '../components/field.tsx';
import { Problem } from '../components/notice.tsx';
import { TaskPage } from '../components/page.tsx';
import { Scopes } from '../components/scopes.tsx';
import { Time } from '../components/time.tsx';
import { useSignedIn } from '../use-signed-in.ts';

/** Where a person types, or confirms, the code that a terminal without a browser shows (RFC 8628 section 3.3). */
export const DevicePage = () => {
  const account = useQuery({ queryKey: ['account'], queryFn: readAccount, retry: false });
  useSignedIn(account.error);
  const [code, setCode] = useState(() => new URLSearchParams(location.search).get('code') ?? '');
  const find = useMutation({ mutationFn: readDevice });
  if (find.data) return <Decision code={code} request={find.data} />;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    find.mutate(code);
  };
  return (
    <TaskPage title="Connect a terminal">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label="Code that the terminal shows"
          name="code"
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          required
          placeholder="ABCD-EFGH"
          value={code}
          onValue={setCode}
        />
        <Problem error={find.error ?? account.error} />
        <Button type="submit" look="primary" busy={find.isPending || account.isPending}>
          Continue
        </Button>
      </form>
    </TaskPage>
  );
};

const Decision = ({ code, request }: { code: string; request: DeviceRequest }) => {
  const decide = useMutation({ mutationFn: (approve: boolean) => decideDevice(code, approve) });
  if (decide.isSuccess) return <Decided approved={decide.variables} />;
  return (
    <TaskPage title="Is this your terminal?">
      <Found code={code} request={request} />
      <Problem error={decide.error} />
      <div className="flex flex-wrap gap-3">
        <Button look="primary" busy={decide.isPending} onClick={() => decide.mutate(true)}>
          Allow
        </Button>
        <Button disabled={decide.isPending} onClick={() => decide.mutate(false)}>
          Refuse
        </Button>
      </div>
    </TaskPage>
  );
};

const Found = ({ code, request }: { code: string; request: DeviceRequest }) => (
  <div className="flex flex-col gap-3">
    <p>
      The terminal must show <strong className="font-mono">{code.toUpperCase()}</strong>.
    </p>
    <p>
      <strong>{request.client.name}</strong>
      {request.deviceName === null ? null : ` on ${request.deviceName}`}
      {request.address === null ? null : ` (${request.address})`} asked <Time at={request.createdAt} /> to act for{' '}
      <strong>{request.email}</strong>. It will be able to:
    </p>
    <Scopes scopes={request.scopes} />
    {request.client.firstParty ? null : (
      <p className="text-sm text-soft">This application registered itself; nobody has checked its name.</p>
    )}
    <p className="text-sm text-soft">If somebody else gave you this code, refuse: whoever sent it would get your account.</p>
  </div>
);

const Decided = ({ approved }: { approved: boolean }) => (
  <TaskPage title={approved ? 'Connected' : 'Refused'}>
    <output className="block">
      {approved
        ? 'You can close this page and go back to the terminal.'
        : 'The terminal was told that you refused. You can close this page.'}
    </output>
  </TaskPage>
);
