import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import type { StackFrame } from "../declaration";

const maps = new Map<string, TraceMap | undefined>();

/** The source position of a frame: by the map beside a compiled module, else the frame itself. */
export function sourceOfFrame(frame: StackFrame): { file: string; line: number } {
  const path = frame.file.replace(/^file:\/\//, "");
  const map = mapOf(path);
  if (!map || frame.line < 1) return { file: path, line: frame.line };
  const { source, line } = originalPositionFor(map, { line: frame.line, column: Math.max(0, frame.column - 1) });
  return source === null ? { file: path, line: frame.line } : { file: resolve(dirname(path), source), line };
}

function mapOf(path: string): TraceMap | undefined {
  if (!maps.has(path))
    maps.set(path, existsSync(`${path}.map`) ? new TraceMap(readFileSync(`${path}.map`, "utf8")) : undefined);
  return maps.get(path);
}
