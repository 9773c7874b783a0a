import { generateKeyPairSync, sign } from "node:crypto";

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const size = body.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const octets = (hex: string): Buffer => Buffer.from(hex, "hex");

const ecdsaWithSha256 = sequence(der(0x06, octets("2a8648ce3d040302")));
const commonName = octets("550403");
const subjectAltName = octets("551d11");

function name(text: string): Buffer {
  return sequence(der(0x31, sequence(der(0x06, commonName), der(0x0c, Buffer.from(text)))));
}

function utcTime(date: Date): Buffer {
  return der(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`));
}

/** A fresh key and a certificate for one host name that it has signed itself (X.509 v3, ECDSA P-256). */
export function selfSigned(host: string): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const day = 86_400_000;
  const validity = sequence(utcTime(new Date(Date.now() - day)), utcTime(new Date(Date.now() + day)));
  const hosts = sequence(der(0x82, Buffer.from(host)));
  const extensions = der(0xa3, sequence(sequence(der(0x06, subjectAltName), der(0x04, hosts))));
  const body = sequence(
    der(0xa0, der(0x02, octets("02"))),
    der(0x02, octets("01")),
    ecdsaWithSha256,
    name(host),
    validity,
    name(host),
    publicKey.export({ format: "der", type: "spki" }),
    extensions,
  );
  const signature = der(0x03, octets("00"), sign("sha256", body, privateKey));
  const base64 = sequence(body, ecdsaWithSha256, signature).toString("base64");
  const lines = base64.match(/.{1,64}/g) ?? [];
  return {
    cert: ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n"),
    key: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
  };
}
