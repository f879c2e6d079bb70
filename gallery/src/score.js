/** Windows of music, as models know them: 32 steps, a pitch where a note begins, -2 while it sounds, -1 for a rest. */

export const STEPS = 32;
const [REST, HOLD] = [-1, -2];
const NAMES = ["C", "C sharp", "D", "E flat", "E", "F", "F sharp", "G", "A flat", "A", "B flat", "B"];

/**
 * The notes of each voice: [{onset, length, pitch}], in steps and MIDI pitches.
 *
 * @param {ArrayLike<number>} window [steps] or [steps, voices], row by row.
 */
export function voicesOf(window) {
  const count = window.length / STEPS;
  return Array.from({ length: count }, (_, voice) => {
    const notes = [];
    let sounding = null;
    for (let step = 0; step < STEPS; step += 1) {
      const value = window[step * count + voice];
      if (value !== HOLD) sounding = null;
      if (value >= 0) notes.push((sounding = { onset: step, length: 0, pitch: value }));
      if (sounding) sounding.length += 1;
    }
    return notes;
  });
}

/** The note of a voice [32] that sounds at a step, or undefined. */
export function noteAt(voice, step) {
  return voicesOf(voice)[0].find(({ onset, length }) => onset <= step && step < onset + length);
}

/** A voice [32] with a note more. What it covers is gone; what lasts longer begins again after it. */
export function withNote(voice, { onset, length, pitch }) {
  const steps = stepsOf(voice);
  const end = Math.min(STEPS, onset + length);
  if (end < STEPS) steps[end].begins = true;
  for (let step = onset; step < end; step += 1) steps[step] = { pitch, begins: step === onset };
  return voiceOf(steps);
}

/** A voice [32] without a note of it. */
export function withoutNote(voice, { onset, length }) {
  return voiceOf(stepsOf(voice).map((step, at) => (onset <= at && at < onset + length ? { pitch: REST } : step)));
}

/** A voice in which nothing sounds. */
export function silence() {
  return voiceOf(Array(STEPS).fill({ pitch: REST }));
}

/** What a pitch is called: C4 is the middle one. */
export function nameOf(pitch) {
  return `${NAMES[pitch % 12]} ${Math.floor(pitch / 12) - 1}`;
}

function stepsOf(voice) {
  const steps = Array.from({ length: STEPS }, () => ({ pitch: REST, begins: false }));
  for (const { onset, length, pitch } of voicesOf(voice)[0]) {
    for (let step = onset; step < onset + length; step += 1) steps[step] = { pitch, begins: step === onset };
  }
  return steps;
}

function voiceOf(steps) {
  return Int32Array.from(steps, ({ pitch, begins }, at) => {
    if (pitch === REST) return at && steps[at - 1].pitch === REST ? HOLD : REST;
    return begins ? pitch : HOLD;
  });
}
