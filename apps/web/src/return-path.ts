/**
 * The path to go to after a sign-in, from the `next` parameter. Anything that could leave this site is dropped: only a path of
 * ours may be followed.
 *
 * @param search the page's query, with or without `?`.
 */
export const returnPath = (search: string, origin: string = location.origin): string => {
  const wanted = new URLSearchParams(search).get('next');
  if (wanted === null || !wanted.startsWith('/') || !URL.canParse(wanted, origin)) return '/settings';
  const url = new URL(wanted, origin);
  return url.origin === origin ? url.pathname + url.search : '/settings';
};

/** The sign-in page that comes back to `path`. */
export const signInPath = (path: string): string => `/sign-in?next=${encodeURIComponent(path)}`;
