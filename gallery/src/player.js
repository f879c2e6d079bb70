/** Music as sound: a soft electric piano, by Web Audio. */

import { STEPS, voicesOf } from "./score.js";

const AHEAD = 0.15; // seconds that notes are handed to the browser before they sound
const EVERY = 30; // milliseconds
const [ATTACK, RELEASE] = [0.008, 0.12]; // seconds
const LOUDNESS = 0.22; // of a voice
const INNER = 0.7; // of those below the first, in relation

export class Player {
  #audio = null;
  #playing = null;

  /**
   * Plays a window of music once, and stops what was played before.
   *
   * @param {function(): ArrayLike<number>} source The window; asked at every step, so what changes meanwhile is heard.
   * @param {number} tempo Quarter notes per minute.
   * @param {function(number | null)} heard Told each step when it sounds, and null at the end.
   */
  play(source, tempo, heard) {
    this.stop();
    const audio = this.#open();
    const seconds = 60 / tempo / 4; // of a step
    const out = new GainNode(audio);
    out.connect(audio.master);
    const playing = { out, heard, begin: audio.currentTime + 0.06, next: 0, last: null };
    this.#playing = playing;
    const work = () => {
      if (this.#playing !== playing) return;
      while (playing.next < STEPS && playing.begin + playing.next * seconds < audio.currentTime + AHEAD) {
        const voices = voicesOf(source());
        for (const [voice, notes] of voices.entries()) {
          for (const { onset, length, pitch } of notes) {
            if (onset !== playing.next) continue;
            strike(audio, out, pitch, playing.begin + onset * seconds, length * seconds, voice ? INNER : 1);
          }
        }
        playing.next += 1;
      }
      const step = Math.floor((audio.currentTime - playing.begin) / seconds);
      if (step >= STEPS) return this.stop(RELEASE);
      if (step >= 0 && step !== playing.last) heard((playing.last = step));
      setTimeout(work, EVERY);
    };
    work();
  }

  stop(fade = 0.05) {
    if (!this.#playing) return;
    const { out, heard } = this.#playing;
    this.#playing = null;
    const now = this.#audio.currentTime;
    out.gain.setTargetAtTime(0, now, fade / 3); // a cut would click
    setTimeout(() => out.disconnect(), 2000 * fade);
    heard(null);
  }

  /** A short note, to be heard while it is written. */
  touch(pitch) {
    const audio = this.#open();
    strike(audio, audio.master, pitch, audio.currentTime + 0.01, 0.25, 1);
  }

  /** Browsers let nothing sound before a visitor has pressed something, so it is opened then. */
  #open() {
    if (!this.#audio) {
      this.#audio = new AudioContext();
      this.#audio.master = new DynamicsCompressorNode(this.#audio, { threshold: -14, ratio: 4 });
      this.#audio.master.connect(this.#audio.destination);
    }
    this.#audio.resume();
    return this.#audio;
  }
}

/** One note: a sine with a second one that colours its beginning, as the tine of an electric piano does. */
function strike(audio, out, pitch, when, seconds, loudness) {
  const frequency = 440 * 2 ** ((pitch - 69) / 12);
  const end = when + seconds;
  const decay = 1.1 * (220 / frequency) ** 0.4; // low strings ring longer
  const body = new OscillatorNode(audio, { frequency });
  const tine = new OscillatorNode(audio, { frequency: 2 * frequency });
  const colour = new GainNode(audio, { gain: 0 });
  const level = new GainNode(audio, { gain: 0 });
  tine.connect(colour).connect(body.frequency);
  body.connect(level).connect(out);
  colour.gain.setValueAtTime(1.1 * frequency, when);
  colour.gain.setTargetAtTime(0.25 * frequency, when, 0.12);
  level.gain.setValueAtTime(0, when);
  level.gain.linearRampToValueAtTime(LOUDNESS * loudness, when + ATTACK);
  level.gain.setTargetAtTime(0.15 * LOUDNESS * loudness, when + ATTACK, decay);
  level.gain.setTargetAtTime(0, end, RELEASE / 3);
  for (const one of [body, tine]) {
    one.start(when);
    one.stop(end + 2 * RELEASE);
  }
}
