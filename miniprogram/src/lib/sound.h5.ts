/** It is done: heard and felt. */
export function celebrate(sentence: string) {
  navigator.vibrate?.(60)
  chime()
  speak(sentence)
}

export const canSpeak = typeof speechSynthesis !== 'undefined'
export function speak(sentence: string) {
  if (!canSpeak) return
  speechSynthesis.cancel()
  const said = new SpeechSynthesisUtterance(sentence)
  said.lang = 'zh-CN'
  said.rate = 0.9
  speechSynthesis.speak(said)
}

let context: AudioContext | undefined
function chime() {
  try {
    context ??= new AudioContext()
    const [now, gain] = [context.currentTime, context.createGain()]
    gain.connect(context.destination)
    gain.gain.setValueAtTime(0.2, now)
    gain.gain.exponentialRampToValueAtTime(0.001, now + 0.6)
    for (const [frequency, after] of [
      [880, 0],
      [1320, 0.12],
    ]) {
      const tone = context.createOscillator()
      tone.frequency.value = frequency
      tone.connect(gain)
      tone.start(now + after)
      tone.stop(now + 0.6)
    }
  } catch {
    // A browser that lets no page make a sound before it was touched.
  }
}
