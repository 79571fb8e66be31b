import { lexer, type Token, type Tokens } from 'marked';
import { EMPTY_LINE, hardWrap, type Line, type Look, type Span, wrapSpans } from './lines.ts';
import { stringWidth } from './width.ts';

/** Deeper nesting than this is drawn as plain text. */
const DEEPEST = 6;

/**
 * Draws CommonMark with tables (as `marked` reads it) as rows of at most `width` cells.
 * Links keep their address in sight; HTML is text; nothing becomes an escape sequence.
 */
export function markdownLines(source: string, width: number): Line[] {
  return blocks(lexer(source, { gfm: true }), width, 0);
}

function blocks(tokens: readonly Token[], width: number, depth: number): Line[] {
  const lines: Line[] = [];
  for (const token of tokens) {
    if (token.type === 'space' || token.type === 'def') continue;
    const drawn = block(token, width, depth);
    if (lines.length > 0 && drawn.length > 0 && depth === 0) lines.push(EMPTY_LINE);
    lines.push(...drawn);
  }
  return lines;
}

function block(token: Token, width: number, depth: number): Line[] {
  if (depth > DEEPEST) return plain(token.raw, width);
  switch (token.type) {
    case 'heading':
      return wrapSpans(inline((token as Tokens.Heading).tokens, { bold: true, color: 'accent' }), width);
    case 'paragraph':
      return paragraph((token as Tokens.Paragraph).tokens, width);
    case 'text':
      return paragraph((token as Tokens.Text).tokens ?? [token], width);
    case 'code':
      return code((token as Tokens.Code).text, width);
    case 'blockquote':
      return prefixed(blocks((token as Tokens.Blockquote).tokens, width - 2, depth + 1), { text: '│ ', color: 'muted' });
    case 'list':
      return list(token as Tokens.List, width, depth);
    case 'table':
      return table(token as Tokens.Table, width);
    case 'hr':
      return [[{ text: '─'.repeat(Math.min(width, 40)), color: 'muted' }]];
    default:
      return plain(token.raw, width);
  }
}

/** Text that is not Markdown: every line as it is, wrapped. */
export function plain(text: string, width: number, look: Look = {}): Line[] {
  return text
    .replace(/\n+$/, '')
    .split('\n')
    .flatMap((line) => wrapSpans([{ ...look, text: line }], width));
}

function paragraph(tokens: readonly Token[], width: number): Line[] {
  return splitLines(inline(tokens, {})).flatMap((line) => wrapSpans(withoutIndent(line), width));
}

/** Blanks at the start of a paragraph's line say nothing (CommonMark 0.31.2, section 4.8). */
function withoutIndent([first, ...rest]: readonly Span[]): Span[] {
  return first === undefined ? [] : [{ ...first, text: first.text.trimStart() }, ...rest];
}

/** A code block: a bar at its left, rows cut at the edge rather than at blanks. */
export function code(text: string, width: number): Line[] {
  const rows = text.split('\n').flatMap((line) => hardWrap(line, Math.max(8, width - 2), { color: 'code' }));
  return prefixed(rows, { text: '▏ ', color: 'muted' });
}

function list(token: Tokens.List, width: number, depth: number): Line[] {
  const first = typeof token.start === 'number' ? token.start : 1;
  return token.items.flatMap((item, index) => {
    const bullet = token.ordered ? `${first + index}. ` : item.task === true ? (item.checked === true ? '[x] ' : '[ ] ') : '• ';
    const body = blocks(
      item.tokens.filter((part) => part.type !== 'checkbox'),
      Math.max(8, width - bullet.length),
      depth + 1,
    );
    const rows = body.length === 0 ? [EMPTY_LINE] : body;
    return rows.map((row, at): Line => [{ text: at === 0 ? bullet : ' '.repeat(bullet.length), color: 'muted' }, ...row]);
  });
}

function table(token: Tokens.Table, width: number): Line[] {
  const cells = [token.header, ...token.rows].map((row) => row.map((cell) => inline(cell.tokens, {})));
  const columns = token.header.length;
  const widest = Array.from({ length: columns }, (_, at) => Math.max(3, ...cells.map((row) => spansWidth(row[at] ?? []))));
  const room = width - 3 * (columns - 1);
  const total = widest.reduce((sum, cell) => sum + cell, 0);
  const widths = total <= room ? widest : widest.map((cell) => Math.max(3, Math.floor((cell * room) / total)));
  const rule: Line = [{ text: widths.map((cell) => '─'.repeat(cell)).join('─┼─'), color: 'muted' }];
  return cells.flatMap((row, at) => {
    const drawn = tableRow(row, widths, at === 0);
    return at === 0 ? [...drawn, rule] : drawn;
  });
}

function tableRow(row: readonly Span[][], widths: readonly number[], header: boolean): Line[] {
  const columns = widths.map((cell, at) =>
    wrapSpans(
      (row[at] ?? []).map((span) => (header ? { ...span, bold: true } : span)),
      cell,
    ),
  );
  const height = Math.max(1, ...columns.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    widths.flatMap((cell, at): Span[] => {
      const spans = columns[at]?.[line] ?? EMPTY_LINE;
      const padding = { text: ' '.repeat(Math.max(0, cell - spansWidth(spans))) };
      return at === 0 ? [...spans, padding] : [{ text: ' │ ', color: 'muted' }, ...spans, padding];
    }),
  );
}

function inline(tokens: readonly Token[], look: Look): Span[] {
  return tokens.flatMap((token): Span[] => {
    switch (token.type) {
      case 'strong':
        return inline((token as Tokens.Strong).tokens, { ...look, bold: true });
      case 'em':
        return inline((token as Tokens.Em).tokens, { ...look, italic: true });
      case 'del':
        return inline((token as Tokens.Del).tokens, { ...look, strike: true });
      case 'codespan':
        return [{ ...look, color: 'code', text: (token as Tokens.Codespan).text }];
      case 'link':
        return link(token as Tokens.Link, look);
      case 'image':
        return [{ ...look, text: `[image: ${(token as Tokens.Image).text}] ${(token as Tokens.Image).href}` }];
      case 'br':
        return [{ ...look, text: '\n' }];
      case 'escape':
        return [{ ...look, text: (token as Tokens.Escape).text }];
      case 'text': {
        const text = token as Tokens.Text;
        return text.tokens === undefined ? [{ ...look, text: unescape(text.text) }] : inline(text.tokens, look);
      }
      default:
        return [{ ...look, text: token.raw }];
    }
  });
}

function link(token: Tokens.Link, look: Look): Span[] {
  const label = inline(token.tokens, { ...look, underline: true });
  const shown = label.map((span) => span.text).join('');
  return shown === token.href || `mailto:${shown}` === token.href
    ? label
    : [...label, { ...look, color: 'muted', text: ` (${token.href})` }];
}

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };

function unescape(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity);
}

function splitLines(spans: readonly Span[]): Span[][] {
  const lines: Span[][] = [[]];
  for (const span of spans) {
    for (const [at, text] of span.text.split('\n').entries()) {
      if (at > 0) lines.push([]);
      if (text !== '') lines.at(-1)?.push({ ...span, text });
    }
  }
  return lines;
}

function prefixed(lines: readonly Line[], prefix: Span): Line[] {
  return lines.map((line): Line => [prefix, ...line]);
}

function spansWidth(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + stringWidth(span.text), 0);
}
