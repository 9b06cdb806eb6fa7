/** Two blocks of zeros end an archive (POSIX pax, "ustar Interchange Format"). */
export const TAR_END = Buffer.alloc(1024)

/** The longest member name in bytes; folders go into another field. */
export const TAR_NAME_BYTES = 100

/**
 * The header of a regular file of mode 0600.
 *
 * @param folder at most 155 bytes, without a slash at its end
 * @param name at most `TAR_NAME_BYTES`
 */
export function tarHeader(folder: string, name: string, size: number): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0, TAR_NAME_BYTES)
  header.write('0000600\0' + '0000000\0'.repeat(2), 100)
  writeSize(header, size)
  header.write('00000000000\0', 136)
  header.write('        0', 148)
  header.write('ustar\0' + '00', 257)
  header.write(folder, 345, 155)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** What fills a content up to whole blocks. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((512 - (size % 512)) % 512)
}

/** Octal up to 8 GiB, above that base 256, which GNU, BSD and busybox tar read. */
function writeSize(header: Buffer, size: number): void {
  if (size < 8 ** 11) {
    header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
    return
  }
  header[124] = 0x80
  header.writeBigUInt64BE(BigInt(size), 128)
}
