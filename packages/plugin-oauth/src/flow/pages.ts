const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');

const page = (title: string, text: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>
  body { font: 17px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 18vh auto 0; padding: 0 1.5rem; color: #1b1b1f; background: #fff }
  h1 { font-size: 1.5rem; margin: 0 0 .5rem }
  @media (prefers-color-scheme: dark) { body { color: #e8e8ea; background: #16161a } }
</style>
<main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></main>
</html>
`;

/** Shown in the browser when the login is stored. */
export const successPage = (serviceName: string): string =>
  page('You are logged in', `${serviceName} is connected. You can close this window and go back to the terminal.`);

/** Shown when the service or the exchange refused the login. */
export const failurePage = (reason: string): string => page('The login did not work', `${reason} Go back to the terminal.`);

/** Shown for a request that does not belong to the login that waits. */
export const strayPage = (reason: string): string => page('This is not the login that waits', reason);
