const FORM = /<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/;
const INPUT = /<input[^>]*>/g;
const MOST_STEPS = 15;

const attribute = (tag: string, name: string): string | undefined => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];

const unescapeHtml = (text: string): string => text.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=').replaceAll('&quot;', '"');

/** The fields of a page's form: hidden ones as they are, the others as a person fills them in. */
const filledIn = (form: string, answers: Readonly<Record<string, string>>): URLSearchParams => {
  const fields = new URLSearchParams();
  for (const [tag] of form.matchAll(INPUT)) {
    const name = attribute(tag, 'name');
    if (name !== undefined) fields.set(name, answers[name] ?? attribute(tag, 'value') ?? '');
  }
  return fields;
};

/**
 * Walks through the pages of an authorization server as a person with a browser does: follows redirects, keeps cookies,
 * fills in every form and sends it.
 *
 * @param start the first address.
 * @param answers values of form fields by name.
 * @returns the last page: its address, status and text.
 */
export const visit = async (
  start: string,
  answers: Readonly<Record<string, string>> = { login: 'ada', password: 'secret' },
): Promise<{ url: string; status: number; text: string }> => {
  const cookies = new Map<string, string>();
  let request: { url: string; body?: URLSearchParams } = { url: start };
  for (let step = 0; step < MOST_STEPS; step++) {
    const response = await fetch(request.url, {
      method: request.body ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(request.body ? { body: request.body } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const split = pair.indexOf('=');
      cookies.set(pair.slice(0, split), pair.slice(split + 1));
    }
    const text = await response.text();
    const location = response.headers.get('location');
    const form = FORM.exec(text);
    if (location !== null) request = { url: new URL(location, request.url).href };
    else if (form && response.status === 200) {
      request = { url: new URL(unescapeHtml(form[1] ?? ''), request.url).href, body: filledIn(form[2] ?? '', answers) };
    } else return { url: request.url, status: response.status, text };
  }
  throw new Error(`no end after ${MOST_STEPS} pages, at ${request.url}`);
};
