/** What a database says of the addresses of a range, such as `192.0.2.0/24`. */
export type AddressRecords = Readonly<Record<string, object>>;

/** A small database in MaxMind's format (version 2.0 of its specification), of IPv4 ranges, as IPv6 has them. */
export function addressDatabase(records: AddressRecords): Buffer {
  const nodes: [number, number][] = [[0, 0]];
  const data: Buffer[] = [];
  const leaves: [node: number, bit: 0 | 1, offset: number][] = [];
  let size = 0;
  for (const [range, record] of Object.entries(records)) {
    const path = bitsOf(range);
    const last = path.pop() ?? 0;
    let node = 0;
    for (const bit of path) {
      const pair = nodes[node] ?? [0, 0];
      if (pair[bit] === 0) {
        pair[bit] = nodes.length;
        nodes.push([0, 0]);
      }
      node = pair[bit];
    }
    leaves.push([node, last, size]);
    const encoded = encode(record);
    data.push(encoded);
    size += encoded.length;
  }
  for (const [node, bit, offset] of leaves) (nodes[node] ?? [0, 0])[bit] = nodes.length + 16 + offset;
  const tree = Buffer.alloc(nodes.length * 6);
  for (const [index, pair] of nodes.entries()) {
    // 0 was never a child here, so it stands for none, which the format writes as the number of nodes.
    for (const bit of [0, 1] as const) tree.writeUIntBE(pair[bit] || nodes.length, index * 6 + bit * 3, 3);
  }
  return Buffer.concat([tree, Buffer.alloc(16), ...data, MARKER, encode(metadata(nodes.length))]);
}

const MARKER = Buffer.from("\u00ab\u00cd\u00efMaxMind.com", "latin1");

function metadata(nodeCount: number): object {
  return {
    node_count: nodeCount,
    record_size: 24,
    ip_version: 6,
    database_type: "test",
    languages: ["en"],
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_767_225_600,
    description: { en: "test" },
  };
}

function bitsOf(range: string): (0 | 1)[] {
  const [address = "", prefix = "32"] = range.split("/");
  const number = address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const bits = Array.from(
    { length: 32 },
    (_, index) => (Math.floor(number / 2 ** (31 - index)) & 1) as 0 | 1,
  );
  return [...Array.from({ length: 96 }, () => 0 as const), ...bits.slice(0, Number(prefix))];
}

const TYPES = { text: 2, map: 7, uint32: 6 } as const;

function encode(value: unknown): Buffer {
  if (typeof value === "string") return withControl(TYPES.text, Buffer.byteLength(value), Buffer.from(value));
  if (typeof value === "number") {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return withControl(TYPES.uint32, 4, bytes);
  }
  // Arrays are of an extended type: 7 is added to the byte that follows.
  if (Array.isArray(value)) return Buffer.concat([Buffer.from([value.length, 4]), ...value.map(encode)]);
  const members = Object.entries(value as object);
  const encoded = members.flatMap(([name, member]) => [encode(name), encode(member)]);
  return withControl(TYPES.map, members.length, Buffer.concat(encoded));
}

function withControl(type: number, size: number, bytes: Buffer): Buffer {
  if (size >= 29) return Buffer.concat([Buffer.from([(type << 5) | 29, size - 29]), bytes]);
  return Buffer.concat([Buffer.from([(type << 5) | size]), bytes]);
}
