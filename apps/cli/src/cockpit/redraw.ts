import type { Instance } from 'ink';
import type { World } from '../world.ts';
import type { Cockpit } from './controller.ts';

/**
 * Cursor to the first cell, and everything from there on erased (ECMA-48, CUP and ED), to be seen together with the frame that
 * follows: that ends the synchronized output which begins here (DEC private mode 2026).
 */
const HOME_AND_ERASE = '\u001b[?2026h\u001b[H\u001b[J';

/** A terminal that was not resized for so many milliseconds keeps its size for now. */
const SETTLED_MS = 80;

/**
 * Draws the whole screen anew where what stands on it is not what was written: at Ctrl+L, and once a resize is over. While it
 * goes on, the terminal moves rows as it likes, and frames for one size arrive at another.
 *
 * @returns the end of that
 */
export function redrawWhenNeeded({ stdout }: World, cockpit: Cockpit, screen: Instance): () => void {
  let timer: NodeJS.Timeout | undefined;
  const redraw = (): void => {
    screen.clear();
    stdout.write(HOME_AND_ERASE);
    cockpit.store.aside((state) => ({ ...state }));
  };
  const onResize = (): void => {
    clearTimeout(timer);
    timer = setTimeout(redraw, SETTLED_MS);
  };
  cockpit.redraw = redraw;
  stdout.on('resize', onResize);
  return () => {
    clearTimeout(timer);
    stdout.off('resize', onResize);
  };
}
