/** Standard MIDI files: a track for the tempo, and one for each voice. */

import { voicesOf } from "./score.js";

const STEP = 120; // ticks; a quarter note has four steps
const [ON, OFF] = [0x90, 0x80];
const VELOCITY = 80;

/** @param {{tempo: number, voices: string[]}} music @returns {Uint8Array} */
export function midi(window, { tempo, voices }) {
  const quarter = Math.round(60_000_000 / tempo); // microseconds
  const first = [0, 0xff, 0x51, 3, ...bytes(quarter, 3), 0, 0xff, 0x58, 4, 4, 2, 24, 8];
  const tracks = voicesOf(window).map((notes, at) => [...named(voices[at]), ...events(notes, at)]);
  const chunks = [first, ...tracks].map((track) => [...track, 0, 0xff, 0x2f, 0]);
  const head = [...text("MThd"), ...bytes(6, 4), ...bytes(1, 2), ...bytes(chunks.length, 2), ...bytes(4 * STEP, 2)];
  const body = chunks.flatMap((track) => [...text("MTrk"), ...bytes(track.length, 4), ...track]);
  return Uint8Array.from([...head, ...body]);
}

function events(notes, channel) {
  let now = 0;
  return notes.flatMap(({ onset, length, pitch }) => {
    const wait = onset * STEP - now;
    now = (onset + length) * STEP;
    return [...delta(wait), ON + channel, pitch, VELOCITY, ...delta(length * STEP), OFF + channel, pitch, 0];
  });
}

function named(voice) {
  return [0, 0xff, 0x03, voice.length, ...text(voice)];
}

/** A time that passes, in 7 bits a byte, all but the last with the highest bit set. */
function delta(ticks) {
  return ticks < 128 ? [ticks] : [0x80 | (ticks >> 7), ticks & 127]; // at most 32 steps, 3,840 ticks: two bytes
}

function bytes(number, count) {
  return Array.from({ length: count }, (_, at) => (number >> (8 * (count - 1 - at))) & 255);
}

function text(characters) {
  return Array.from(characters, (one) => one.charCodeAt(0));
}
