/** The part of the client that runs in a browser as well: nothing in it knows a token or needs Node.js. */
export { follow, type FollowOptions, type LineState } from './follow.ts';
