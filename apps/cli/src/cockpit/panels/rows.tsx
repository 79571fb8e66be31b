import { Box, Text, type TextProps } from 'ink';
import { memo, type ReactNode } from 'react';
import { type Line, type Look, sameLook } from '../text/lines.ts';

const COLORS = {
  accent: { color: 'cyan' },
  muted: { dimColor: true },
  good: { color: 'green' },
  warn: { color: 'yellow' },
  bad: { color: 'red' },
  code: { color: 'yellow' },
  user: { color: 'cyan', bold: true },
} as const satisfies Record<NonNullable<Look['color']>, TextProps>;

/** The Ink properties of a look. */
export const lookProps = (look: Look): TextProps => ({
  ...(look.color === undefined ? {} : COLORS[look.color]),
  ...(look.bold === true ? { bold: true } : {}),
  ...(look.italic === true ? { italic: true } : {}),
  ...(look.underline === true ? { underline: true } : {}),
  ...(look.strike === true ? { strikethrough: true } : {}),
});

/** One row of the screen, cut at its edge. One that says what it said before is not drawn again. */
export const Row = memo(
  function Row({ line }: { line: Line }): ReactNode {
    return (
      <Text wrap="truncate">
        {line.length === 0
          ? ' '
          : line.map((span, at) =>
              isPlain(span) ? (
                span.text
              ) : (
                // A row is drawn whole and its spans have no identity of their own.
                // oxlint-disable-next-line react/no-array-index-key
                <Text key={at} {...lookProps(span)}>
                  {span.text}
                </Text>
              ),
            )}
      </Text>
    );
  },
  (before, after) => sameLine(before.line, after.line),
);

const isPlain = ({ color, bold, italic, underline, strike }: Look): boolean =>
  color === undefined && bold !== true && italic !== true && underline !== true && strike !== true;

const sameLine = (one: Line, other: Line): boolean =>
  one === other ||
  (one.length === other.length &&
    one.every((span, at) => {
      const twin = other[at];
      return twin !== undefined && span.text === twin.text && sameLook(span, twin);
    }));

/** Rows one under the other in a box of exactly `height` rows. */
export function Rows({ lines, height }: { lines: readonly Line[]; height: number }): ReactNode {
  return (
    <Box flexDirection="column" height={height} flexShrink={0} overflow="hidden">
      {lines.slice(0, height).map((line, at) => (
        // oxlint-disable-next-line react/no-array-index-key
        <Row key={at} line={line} />
      ))}
    </Box>
  );
}
