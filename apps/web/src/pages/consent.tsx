import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { type ConsentRequest, decideConsent, readConsent } from '../api/oauth.ts';
import { Button } from '../components/button.tsx';
import { Problem } from '../components/notice.tsx';
import { TaskPage } from '../components/page.tsx';
import { Scopes } from '../components/scopes.tsx';
import { useSignedIn } from '../use-signed-in.ts';

/** Asks the signed-in person whether an application may act for them. No code is issued without a press of Allow. */
export const ConsentPage = () => {
  const query = location.search.slice(1);
  const request = useQuery({ queryKey: ['consent', query], queryFn: () => readConsent(query), retry: false });
  useSignedIn(request.error);
  const target = request.data?.kind === 'redirect' ? request.data.location : undefined;
  useEffect(() => {
    if (target !== undefined) location.replace(target);
  }, [target]);
  if (request.data?.kind === 'ok') return <Decision query={query} request={request.data} />;
  return (
    <TaskPage title="Allow access?">
      {request.data?.kind === 'page' ? <Problem error={new Error(request.data.reason)} /> : null}
      {request.isPending || target !== undefined ? <output className="block">Reading the request …</output> : null}
      <Problem error={request.error} />
    </TaskPage>
  );
};

const Decision = ({ query, request }: { query: string; request: ConsentRequest }) => {
  const decide = useMutation({
    mutationFn: (approve: boolean) => decideConsent(query, approve),
    onSuccess: ({ location: next }) => location.assign(next),
  });
  const decided = decide.isPending || decide.isSuccess;
  return (
    <TaskPage title={request.client.firstParty ? 'Sign in to the terminal' : 'Allow access?'}>
      <Request request={request} />
      <Problem error={decide.error} />
      <div className="flex flex-wrap gap-3">
        <Button look="primary" busy={decided} onClick={() => decide.mutate(true)}>
          Allow
        </Button>
        <Button disabled={decided} onClick={() => decide.mutate(false)}>
          Refuse
        </Button>
      </div>
    </TaskPage>
  );
};

const Request = ({ request: { client, deviceName, redirectHost, scopes, email } }: { request: ConsentRequest }) => (
  <div className="flex flex-col gap-3">
    <p>
      <strong>{client.name}</strong>
      {deviceName === null ? null : (
        <>
          {' '}
          on <strong>{deviceName}</strong>
        </>
      )}{' '}
      wants to act for <strong>{email}</strong>. It will be able to:
    </p>
    <Scopes scopes={scopes} />
    {client.firstParty ? null : (
      <p className="text-sm text-soft">
        This application registered itself; nobody has checked its name. You will be sent to <strong>{redirectHost}</strong>.
      </p>
    )}
    <p className="text-sm text-soft">
      Allow only if you have just started this sign-in. You can end it in Settings, under Connected apps and terminals.
    </p>
  </div>
);
