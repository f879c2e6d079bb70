/**
 * A function that runs once at a time: calls that come meanwhile are one more run, with the arguments of the last.
 *
 * A slider asks more often than a slow machine can draw; what was asked in between need not be drawn at all.
 */
export function latest(work) {
  let running = false;
  let waiting = null;
  return async function call(...given) {
    waiting = given;
    if (running) return;
    running = true;
    try {
      while (waiting) {
        const next = waiting;
        waiting = null;
        await work(...next);
      }
    } finally {
      running = false;
    }
  };
}
