import { useSearchParams } from "react-router";
import { useGates } from "../api/gate-queries";
import { useSites } from "../api/queries";

/** Reads and changes the address's parameters; an empty value takes the parameter away. */
export function useAddress(): [URLSearchParams, (changes: Record<string, string>, push?: boolean) => void] {
  const [params, setParams] = useSearchParams();
  const change = (changes: Record<string, string>, push = false) =>
    setParams(
      () => {
        // What the page was last drawn with may be behind: a filter set a moment ago is in the address already.
        const next = new URLSearchParams(window.location.search);
        for (const [key, value] of Object.entries(changes)) {
          if (value) next.set(key, value);
          else next.delete(key);
        }
        return next;
      },
      { replace: !push },
    );
  return [params, change];
}

/** The site that the whole console looks at; empty means every site the person may see. */
export function useSite(): string {
  return useAddress()[0].get("site") ?? "";
}

/** Keeps the chosen site when going to another page. */
export function useKeepSite(): (path: string) => string {
  const site = useSite();
  return (path) => (site ? `${path}?site=${encodeURIComponent(site)}` : path);
}

export function useSiteName(): (id: string) => string {
  const { data } = useSites();
  return (id) => data?.find((site) => site.id === id)?.name ?? id;
}

/**
 * For pages that show one site: the chosen one, else the person's own, else the first that has gates.
 * `chosen` is false where the page picked it: it then says which one it is.
 */
export function useOneSite(): { site: string; chosen: boolean } {
  const asked = useSite();
  const { data } = useSites();
  const gates = useGates("");
  if (asked) return { site: asked, chosen: true };
  if (data?.length === 1) return { site: data[0].id, chosen: true };
  // Until it is known where gates are, no site is better than one that changes under the reader.
  if (gates.isPending) return { site: "", chosen: true };
  const first = data?.find((site) => gates.data?.some((gate) => gate.site === site.id)) ?? data?.find((site) => site.model.startsWith("access")) ?? data?.[0];
  return { site: first?.id ?? "", chosen: false };
}
