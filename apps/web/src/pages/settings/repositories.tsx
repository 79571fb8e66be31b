import type { Repository } from '@mogplex/protocol';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { listRepositories } from '../../api/github.ts';
import { Button } from '../../components/button.tsx';
import { Field } from '../../components/field.tsx';
import { Problem } from '../../components/notice.tsx';
import { Empty, Section } from '../../components/page.tsx';
import { Time } from '../../components/time.tsx';

/** The repositories that the linked account can see, with a search over all of them. */
export const Repositories = () => {
  const [text, setText] = useState('');
  const search = useDeferredValue(text.trim());
  const list = useInfiniteQuery({
    queryKey: ['repositories', search],
    queryFn: ({ pageParam }) => listRepositories({ search, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const hint = list.data?.pages[0]?.hint;
  return (
    <Section title="Repositories" about={hint ?? undefined}>
      <Field label="Search" name="search" type="search" hint="Part of owner/name." value={text} onValue={setText} />
      <Problem error={list.error} />
      {list.isSuccess && items.length === 0 ? (
        <Empty>{search === '' ? 'There is no repository that can be seen.' : 'No repository has that in its name.'}</Empty>
      ) : null}
      <ul aria-label="Repositories" className="flex flex-col divide-y divide-line">
        {items.map((item) => (
          <Row key={item.id} repository={item} />
        ))}
      </ul>
      {list.hasNextPage ? (
        <Button busy={list.isFetchingNextPage} className="self-start" onClick={() => void list.fetchNextPage()}>
          Show more
        </Button>
      ) : null}
    </Section>
  );
};

const Row = ({ repository: { fullName, url, permission, pushedAt, ...is } }: { repository: Repository }) => (
  <li className="min-w-0 py-3 text-sm">
    <a href={url} rel="noreferrer" target="_blank" className="font-medium break-words underline">
      {fullName}
    </a>
    <p className="text-soft">
      {[is.private ? 'private' : 'public', ...(is.fork ? ['fork'] : []), ...(is.archived ? ['archived'] : []), permission].join(' · ')}
      {pushedAt === null ? null : (
        <>
          {' '}
          · pushed <Time at={pushedAt} />
        </>
      )}
    </p>
  </li>
);
