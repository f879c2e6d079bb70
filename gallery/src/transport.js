/** What is under a piano roll: a button that plays it or stops, and one that takes it along as a MIDI file. */

import { midi } from "./midi.js";
import { light } from "./roll.js";

/**
 * @param {{play: HTMLButtonElement, save: HTMLButtonElement, roll: SVGElement}} view
 * @param {Player} player
 * @param {function(): {window: ArrayLike<number>, music: object, name: string}} source What is shown.
 */
export function addTransport({ play, save, roll }, player, source) {
  let mine = false;
  play.addEventListener("click", () => {
    if (mine) return player.stop();
    player.play(
      () => source().window,
      source().music.tempo,
      (step) => {
        light(roll, step);
        mine = step !== null;
        play.textContent = mine ? "Stop" : "Play";
      },
    );
    mine = true;
    play.textContent = "Stop";
  });
  save.addEventListener("click", () => {
    const { window, music, name } = source();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([midi(window, music)], { type: "audio/midi" }));
    link.download = `${name}.mid`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
}
