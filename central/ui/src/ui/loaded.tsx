import type { LucideIcon } from "lucide-react";
import { Inbox } from "lucide-react";
import type { ReactNode } from "react";
import { Empty, Failed, Skeleton } from "./states";

interface Query<T> {
  data: T | undefined;
  error: Error | null;
  isPending: boolean;
  isError: boolean;
  refetch: () => unknown;
}

interface Props<T> {
  query: Query<T>;
  shape?: "card" | "row" | "line" | "camera";
  count?: number;
  /** Whether there is nothing in the answer, and what that means. */
  isEmpty?: (data: T) => boolean;
  empty?: { icon?: LucideIcon; title: string; hint?: string; children?: ReactNode };
  children: (data: T) => ReactNode;
}

/** The answer of a query, or in its place: grey shapes, the failure with its remedy, or what the emptiness means. */
export function Loaded<T>({ query, shape = "line", count = 5, isEmpty, empty, children }: Props<T>) {
  if (query.data !== undefined) {
    if (empty && isEmpty?.(query.data)) {
      return (
        <Empty icon={empty.icon ?? Inbox} title={empty.title} hint={empty.hint}>
          {empty.children}
        </Empty>
      );
    }
    return <>{children(query.data)}</>;
  }
  if (query.isError && query.error) return <Failed error={query.error} retry={() => void query.refetch()} />;
  return <Skeleton count={count} shape={shape} />;
}
