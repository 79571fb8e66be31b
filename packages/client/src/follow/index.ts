/** The part of the client that runs in a browser as well: nothing in it knows a token or needs Node.js. */
export { isLastEvent } from './event.ts';
export { follow, type FollowOptions, type LineState, type OpenStream } from './follow.ts';
