// One message to an SMTP server that asks for STARTTLS and a password: Amazon SES on port 587. Sources: RFC 5321 (SMTP),
// RFC 3207 (STARTTLS), RFC 4954 (AUTH PLAIN), RFC 2047 (words of a header); Amazon SES developer guide, SMTP endpoints.
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";

const base64 = (text) => Buffer.from(text, "utf8").toString("base64");
const oneLine = (text) => text.replaceAll(/[\r\n]+/g, " ");

/** A header's text: other characters than those of ASCII as words of at most 75 characters. */
export function headerText(text) {
  const line = oneLine(text);
  if (/^[\x20-\x7e]*$/.test(line)) return line;
  const words = [];
  let word = "";
  for (const character of line) {
    if (base64(word + character).length > 60) {
      words.push(word);
      word = "";
    }
    word += character;
  }
  return [...words, word].map((part) => `=?UTF-8?B?${base64(part)}?=`).join("\r\n ");
}

/** The message as it follows DATA. Its body is base64: no line of it is too long, or a single dot. */
export function messageOf({ from, to, subject, text, date, id }) {
  const body = base64(text).replaceAll(/(.{76})/g, "$1\r\n");
  return [
    `From: ${oneLine(from)}`,
    `To: ${oneLine(to)}`,
    `Subject: ${headerText(subject)}`,
    `Date: ${date.toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${id}@${from.split("@")[1]}>`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "",
    body,
    "",
  ].join("\r\n");
}

/** Answers of a socket, one after another: `{ code, lines }`. */
function answersOf(socket) {
  let text = "";
  let lines = [];
  const ready = [];
  const waiting = [];
  let failure;
  const fail = (error) => {
    failure ??= error ?? new Error("the mail server closed the connection");
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  const onData = (chunk) => {
    text += chunk.toString("utf8");
    for (let end = text.indexOf("\r\n"); end >= 0; end = text.indexOf("\r\n")) {
      const line = text.slice(0, end);
      text = text.slice(end + 2);
      lines.push(line.slice(4));
      if (line[3] === "-") continue;
      const answer = { code: Number(line.slice(0, 3)), lines };
      lines = [];
      const caller = waiting.shift();
      if (caller) caller.resolve(answer);
      else ready.push(answer);
    }
  };
  socket.on("data", onData);
  socket.on("error", fail);
  socket.on("close", () => fail());
  return {
    next: () =>
      new Promise((resolve, reject) => {
        const answer = ready.shift();
        if (answer) resolve(answer);
        else if (failure) reject(failure);
        else waiting.push({ resolve, reject });
      }),
    /** Before another listener takes the socket over. What was sent unasked before it is dropped with this object. */
    release: () => socket.off("data", onData),
  };
}

const secured = (socket, host) =>
  new Promise((resolve, reject) => {
    const secure = connectTls({ socket, servername: host }, () => resolve(secure));
    secure.once("error", reject);
  });

/**
 * Sends a message, and resolves when the server has accepted it.
 *
 * @param secure how the connection is encrypted after STARTTLS; a test without a certificate replaces it
 * @throws with the server's words when it refuses a step, and when it offers no encryption
 */
export async function send({ host, port, user, password, timeoutMs = 8000, secure = secured, ...message }) {
  const plain = connectTcp({ host, port });
  const late = () => new Error(`no answer from ${host}:${port} within ${timeoutMs} ms`);
  plain.setTimeout(timeoutMs, () => plain.destroy(late()));
  let socket = plain;
  let answers = answersOf(plain);
  const expect = async (code, step) => {
    const answer = await answers.next();
    if (answer.code === code) return answer.lines;
    const error = new Error(`${host} answers ${step} with ${answer.code} ${answer.lines.join(" ")}`);
    // 4xx is for now, 5xx for good (RFC 5321, 4.2.1).
    error.transient = answer.code < 500;
    throw error;
  };
  const say = async (line, code, step = line.split(" ")[0]) => {
    socket.write(`${line}\r\n`);
    return expect(code, step);
  };
  try {
    await expect(220, "the connection");
    const offers = await say(`EHLO ${host}`, 250);
    if (!offers.some((offer) => /^STARTTLS$/i.test(offer.trim()))) throw new Error(`${host} offers no STARTTLS`);
    await say("STARTTLS", 220);
    answers.release();
    socket = await secure(plain, host);
    answers = answersOf(socket);
    await say(`EHLO ${host}`, 250);
    await say(`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`, 235, "AUTH");
    await say(`MAIL FROM:<${message.from}>`, 250, "MAIL");
    await say(`RCPT TO:<${message.to}>`, 250, "RCPT");
    await say("DATA", 354);
    await say(`${messageOf(message)}.`, 250, "the message");
    socket.write("QUIT\r\n");
  } finally {
    socket.end();
    plain.destroySoon();
  }
}
