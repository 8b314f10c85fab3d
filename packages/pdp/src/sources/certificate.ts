import { X509Certificate } from "node:crypto";

const DIGITS = /^(?:[\da-f]{2}:?){31}[\da-f]{2}$/i;

/**
 * The SHA-256 of a certificate's DER form, as 64 hexadecimal digits in lower case, from the certificate in PEM or
 * from those digits. Undefined for anything else.
 */
export function fingerprintOf(certificate: string): string | undefined {
  if (DIGITS.test(certificate)) return certificate.replaceAll(":", "").toLowerCase();
  try {
    return new X509Certificate(certificate).fingerprint256.replaceAll(":", "").toLowerCase();
  } catch {
    return undefined;
  }
}
