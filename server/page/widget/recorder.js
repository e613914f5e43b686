// Runs beside the page's own thread: passes on what the microphone hears, 2,048 samples at a time. Served on its own.
class Recorder extends AudioWorkletProcessor {
  constructor() { super(); this.block = new Float32Array(2048); this.at = 0; }
  process(inputs) {
    const heard = inputs[0] && inputs[0][0];
    if (!heard) return true;
    for (let i = 0; i < heard.length; i++) {
      this.block[this.at++] = heard[i];
      if (this.at === this.block.length) { this.port.postMessage(this.block.slice()); this.at = 0; }
    }
    return true;
  }
}
registerProcessor('agentdesk-recorder', Recorder);
