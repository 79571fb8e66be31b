// Stands in for `react-devtools-core`, which Ink would load only while debugging its own rendering.
export default undefined;
