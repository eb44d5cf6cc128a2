// Stands in for @libp2p/webrtc, which helia imports but nothing here uses: its native part needs a download or cmake.
const absent = () => { throw new Error('WebRTC is left out') }
export const webRTC = absent
export const webRTCDirect = absent
