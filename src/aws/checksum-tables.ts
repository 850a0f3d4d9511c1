/** Tables of reflected CRCs for eight octets at a step ("slicing-by-8"): `TABLE[k * 256 + octet]`. */
export function crcTables(polynomial: bigint): { readonly low: Uint32Array; readonly high: Uint32Array } {
  const low = new Uint32Array(8 * 256);
  const high = new Uint32Array(8 * 256);
  const values: bigint[] = [];
  for (let octet = 0; octet < 256; octet += 1) {
    let value = BigInt(octet);
    for (let bit = 0; bit < 8; bit += 1) value = (value & 1n) === 1n ? (value >> 1n) ^ polynomial : value >> 1n;
    values.push(value);
  }
  for (let octet = 0; octet < 256; octet += 1) {
    let value = values[octet] ?? 0n;
    for (let step = 0; step < 8; step += 1) {
      low[step * 256 + octet] = Number(value & 0xffffffffn);
      high[step * 256 + octet] = Number(value >> 32n);
      value = (value >> 8n) ^ (values[Number(value & 0xffn)] ?? 0n);
    }
  }
  return { low, high };
}
