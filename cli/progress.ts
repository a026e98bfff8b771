const FRAMES_PER_SECOND = 4;

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Seconds without output after which a person wonders whether a command still runs. */
const QUIET_SECONDS = 1;

/** Seconds between two lines where lines stay, as in the log of a CI job. */
const LINE_SECONDS = 10;

/**
 * Runs `work` and says on standard error what goes on when it takes longer than a second: one line that counts the
 * seconds on a terminal, a plain line every ten seconds elsewhere. Standard output stays free for the result.
 */
export async function withProgress<T>(
  title: string,
  work: (note: (text: string) => void) => Promise<T>,
  stream: Stream = process.stderr,
): Promise<T> {
  const lively = stream.isTTY === true && !process.env["CI"];
  const began = performance.now();
  let text = title;
  let shown = false;
  let [last, lastSecond] = ["", 0];
  const seconds = (): number => Math.floor((performance.now() - began) / 1000);
  const show = (): void => {
    if (seconds() < QUIET_SECONDS) return;
    if (!lively && shown && (text === last || seconds() - lastSecond < LINE_SECONDS)) return;
    [last, lastSecond] = [text, seconds()];
    const line = `${text} … ${lively ? `${seconds()} s` : ""}`.trimEnd();
    stream.write(lively ? `\r\u001b[K${line.slice(0, (stream.columns ?? 80) - 1)}` : `${line}\n`);
    shown = true;
  };
  const timer = setInterval(show, 1000 / FRAMES_PER_SECOND);
  timer.unref();
  try {
    return await work((next) => {
      text = `${title}: ${next}`;
      show();
    });
  } finally {
    clearInterval(timer);
    if (shown && lively) stream.write("\r\u001b[K");
  }
}
