// Runs in the page before its own scripts: knows what the page plays, and listens to it.
if (location.protocol !== 'about:') {
  // A tone would be noise to the browser's clean-up of voices.
  localStorage.setItem('ringtrace.rawMicrophone', '1')
  const ears = { speaker: null, violations: [], connections: [], sockets: [] }
  const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject')
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    ...source,
    set(stream) {
      if (stream) ears.speaker = this
      source.set.call(this, stream)
    }
  })
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) {
      super(...given)
      ears.connections.push(this)
    }
  }
  window.WebSocket = class extends WebSocket {
    constructor(url, protocols) {
      super(url, protocols)
      if (String(url).endsWith('/sip')) ears.sockets.push(this)
    }
  }
  document.addEventListener('securitypolicyviolation', (event) => {
    ears.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile ?? ''}`)
  })

  /** Amplitude of a tone in samples, full scale 1. */
  const amplitude = (samples, hertz, rate) => {
    let re = 0
    let im = 0
    samples.forEach((sample, i) => {
      re += sample * Math.cos((2 * Math.PI * hertz * i) / rate)
      im += sample * Math.sin((2 * Math.PI * hertz * i) / rate)
    })
    return (2 * Math.hypot(re, im)) / samples.length
  }

  /** A third of a second of what the page plays now; null while it plays nothing. */
  const listen = async () => {
    const stream = ears.speaker?.srcObject
    if (!stream?.active || ears.speaker.paused) return null
    const context = new AudioContext()
    await context.resume()
    const analyser = new AnalyserNode(context, { fftSize: 16384 })
    context.createMediaStreamSource(stream).connect(analyser)
    await new Promise((resolve) => setTimeout(resolve, 600))
    const samples = new Float32Array(analyser.fftSize)
    analyser.getFloatTimeDomainData(samples)
    await context.close()
    return { samples, rate: context.sampleRate }
  }

  /** How loud each of these tones is; null while the page plays nothing. */
  ears.hears = async (tones) => {
    const heard = await listen()
    return heard && tones.map((hertz) => amplitude(heard.samples, hertz, heard.rate))
  }
  /** How loud it is altogether, whatever it is: the peak, full scale 1. */
  ears.volume = async () =>
    (await listen())?.samples.reduce((top, each) => Math.max(top, Math.abs(each)), 0) ?? 0
  window.ears = ears
}
