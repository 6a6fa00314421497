import { useMemo } from "react";

/** A QR code that central drew. As an image it can run nothing, whatever is in it. */
export function Qr({ svg, alt }: { svg: string; alt: string }) {
  const source = useMemo(() => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`, [svg]);
  return <img className="qr" src={source} alt={alt} />;
}
