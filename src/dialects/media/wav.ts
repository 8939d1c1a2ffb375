/** Raw PCM that vendors answer with: signed 16 bits, little-endian, one channel. */
export interface PcmFormat {
  /** Hertz. */
  readonly rate: number
  readonly channels?: number
}

const headerBytes = 44

/** Raw PCM in a WAV file, which players understand without being told the rate. */
export const wrapWav = (pcm: Uint8Array, { rate, channels = 1 }: PcmFormat): Uint8Array => {
  const file = new Uint8Array(headerBytes + pcm.length)
  const view = new DataView(file.buffer)
  const frame = channels * 2
  const write = (offset: number, text: string) => file.set(new TextEncoder().encode(text), offset)
  write(0, "RIFF")
  view.setUint32(4, file.length - 8, true)
  write(8, "WAVEfmt ")
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, channels, true)
  view.setUint32(24, rate, true)
  view.setUint32(28, rate * frame, true)
  view.setUint16(32, frame, true)
  view.setUint16(34, 16, true)
  write(36, "data")
  view.setUint32(40, pcm.length, true)
  file.set(pcm, headerBytes)
  return file
}

/** The rate in a type like `audio/L16;codec=pcm;rate=24000`. */
export const pcmRate = (mime: string, usual: number): number => {
  const rate = Number(/rate=(\d+)/.exec(mime)?.[1])
  return rate > 0 ? rate : usual
}
