import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

interface QrProps {
  text: string;
  label: string;
}

const quietModules = 2;

/** A QR code, dark on light in both themes because scanners expect it so. */
export function Qr({ text, label }: QrProps): JSX.Element {
  const [rows, setRows] = useState<boolean[][]>([]);
  useEffect(() => {
    let current = true;
    void import("uqr").then(({ encode }) => {
      if (current) setRows(encode(text, { ecc: "M", border: quietModules }).data);
    });
    return () => {
      current = false;
    };
  }, [text]);
  const size = Math.max(rows.length, 1);
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <rect width={size} height={size} fill="#ffffff" />
      <path d={pathOf(rows)} fill="#1c1b1a" shape-rendering="crispEdges" />
    </svg>
  );
}

function pathOf(rows: boolean[][]): string {
  return rows
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
}
