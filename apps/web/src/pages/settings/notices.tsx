import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { listNotices, readNotice } from '../../api/settings.ts';
import { Button } from '../../components/button.tsx';
import { Problem } from '../../components/notice.tsx';
import { Time } from '../../components/time.tsx';

/** Unread notices to the person, above every settings page. */
export const Notices = () => {
  const queries = useQueryClient();
  const notices = useQuery({ queryKey: ['notices'], queryFn: listNotices });
  const read = useMutation({ mutationFn: readNotice, onSuccess: () => queries.invalidateQueries({ queryKey: ['notices'] }) });
  const unread = notices.data?.items.filter((notice) => notice.readAt === null) ?? [];
  return (
    <>
      <Problem error={notices.error ?? read.error} />
      {unread.map((notice) => (
        <section
          key={notice.id}
          aria-label="Notice"
          className="flex flex-wrap items-center justify-between gap-3 rounded-md border border-danger p-3"
        >
          <p className="min-w-0 text-sm break-words">
            {notice.text}{' '}
            <span className="text-soft">
              <Time at={notice.createdAt} />
            </span>
          </p>
          <Button busy={read.isPending && read.variables === notice.id} onClick={() => read.mutate(notice.id)}>
            I have seen this
          </Button>
        </section>
      ))}
    </>
  );
};
