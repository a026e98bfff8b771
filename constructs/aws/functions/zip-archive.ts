import { crc32 } from "node:zlib";

export interface ArchivedFile {
  readonly name: string;
  readonly content: Buffer;
}

/** 1980-01-01 00:00, the first moment that the format can express. */
const dosTime = 0;
const dosDate = 0x21;
/** Readable by all, as Lambda demands, in the upper half as Unix writes it. */
const externalAttributes = 0o100644 * 0x10000;
const version = 20;

/** A zip of uncompressed files that depends on nothing but their names and content: no clock, no owner, no zlib version. */
export function zipArchive(files: readonly ArchivedFile[]): Buffer {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const name = Buffer.from(file.name, "utf8");
    const common = describe(file.content, name.length);
    const header = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, name, file.content]);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(externalAttributes >>> 0, 6);
    entry.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([Buffer.from("PK\x01\x02", "latin1"), Buffer.from([version, 3]), common, entry, name]),
    );
    local.push(header);
    offset += header.length;
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, ...directory, end]);
}

/** The 26 bytes that the header beside the data and the entry of the directory share. */
function describe(content: Buffer, nameLength: number): Buffer {
  const common = Buffer.alloc(26);
  common.writeUInt16LE(version, 0);
  common.writeUInt16LE(0x800, 2);
  common.writeUInt16LE(0, 4);
  common.writeUInt16LE(dosTime, 6);
  common.writeUInt16LE(dosDate, 8);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(content.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(nameLength, 22);
  return common;
}
