// As much of WebSocket (RFC 6455) as the live picture needs: the handshake, whole unmasked frames out, masked text and close in.
import { createHash } from "node:crypto";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Takes over an upgraded connection. `onText` gets text messages, `onClose` the end. */
export function accept(request, socket, { onText, onClose }) {
  const key = createHash("sha1").update(request.headers["sec-websocket-key"] + GUID).digest("base64");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
  socket.setNoDelay(true);
  let rest = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (let taken = take(rest); taken; taken = take(rest)) {
      rest = rest.subarray(taken.size);
      if (taken.opcode === 8) socket.end();
      if (taken.opcode === 1) onText(taken.payload.toString("utf8"));
    }
  });
  socket.on("close", onClose);
  socket.on("error", () => socket.destroy());
  return {
    text: (message) => write(socket, 1, Buffer.from(message)),
    binary: (message) => write(socket, 2, message),
    close: () => socket.destroy(),
  };
}

function write(socket, opcode, payload) {
  if (socket.destroyed) return;
  const head = payload.length < 126 ? Buffer.from([0x80 | opcode, payload.length]) : Buffer.alloc(payload.length < 65_536 ? 4 : 10);
  if (head.length === 4) {
    head.set([0x80 | opcode, 126]);
    head.writeUInt16BE(payload.length, 2);
  } else if (head.length === 10) {
    head.set([0x80 | opcode, 127]);
    head.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  socket.write(head);
  socket.write(payload);
}

/** The first whole frame of a browser, whose messages here are short. */
function take(bytes) {
  if (bytes.length < 6) return null;
  const length = bytes[1] & 0x7f;
  if (length > 125 || bytes.length < 6 + length) return null;
  const mask = bytes.subarray(2, 6);
  const payload = Buffer.from(bytes.subarray(6, 6 + length).map((byte, at) => byte ^ mask[at % 4]));
  return { opcode: bytes[0] & 0x0f, payload, size: 6 + length };
}
