import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { endApproval } from '../../api/connections.ts';
import { Note, Problem } from '../../components/notice.tsx';
import { useTitle } from '../../components/page.tsx';

/** Where an authorization server sends the person back to: ends the approval, and takes the code out of the address bar first. */
export const ConnectionReturnPage = () => {
  useTitle('Connecting');
  const [query] = useState(() => location.search.slice(1));
  const { mutate, data, error, isPending } = useMutation({ mutationFn: endApproval });
  useEffect(() => {
    history.replaceState(history.state, '', location.pathname);
    // Development runs effects twice; a code can be spent once.
    const timer = setTimeout(() => mutate(query));
    return () => clearTimeout(timer);
  }, [mutate, query]);
  return (
    <>
      <h1 className="text-2xl font-semibold">Connecting</h1>
      {isPending ? <Note>Asking the server for its token.</Note> : null}
      {data ? <Note>{data.name} is connected.</Note> : null}
      <Problem error={error} />
      <p className="text-sm">
        <Link to="/settings/connections">To your connections</Link>
      </p>
    </>
  );
};
