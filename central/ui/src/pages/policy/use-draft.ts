import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { ApiError } from "../../api/client";
import { gatesApi } from "../../api/gates";
import { gateKeys } from "../../api/gate-queries";
import type { Change, PolicyDocument } from "../../api/types";
import { diff, merge } from "../../format/diff";

interface Kept {
  base: PolicyDocument;
  draft: PolicyDocument;
}

const keyOf = (site: string) => `vg.policy.${site}`;

function kept(site: string): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(site)) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}

export interface Conflict {
  version: number;
  theirs: Change[];
  both: Change[];
}

/** Changes a site's own copy of the policy; kept over reloads and other pages until it is saved or thrown away. */
export function useDraft(site: string) {
  const client = useQueryClient();
  const query = useQuery({ queryKey: gateKeys.policy(site), queryFn: () => gatesApi.policy(site), enabled: site !== "", refetchOnWindowFocus: false, staleTime: Infinity });
  const [own, setOwn] = useState<Kept | null>(() => kept(site));
  const [conflict, setConflict] = useState<Conflict | null>(null);

  useEffect(() => {
    if (own) sessionStorage.setItem(keyOf(site), JSON.stringify(own));
    else sessionStorage.removeItem(keyOf(site));
  }, [own, site]);

  const base = own?.base ?? query.data;
  const draft = own?.draft ?? query.data;
  const changes = useMemo(() => (base && draft ? diff(base, draft).filter(({ path }) => path !== "version") : []), [base, draft]);

  const change = (edit: (document: PolicyDocument) => void) => {
    if (!base || !draft) return;
    const next = structuredClone(draft);
    edit(next);
    setOwn(diff(base, next).length > 0 ? { base, draft: next } : null);
  };
  const discard = () => {
    setOwn(null);
    setConflict(null);
    void client.invalidateQueries({ queryKey: gateKeys.policy(site) });
  };
  /** Somebody saved first: theirs comes in, one's own changes go on top, and both are shown. */
  const rebase = async () => {
    if (!base || !draft) return;
    const theirs = await gatesApi.policy(site);
    const merged = merge(base, draft, theirs);
    client.setQueryData(gateKeys.policy(site), theirs);
    setOwn({ base: theirs, draft: { ...merged.document, version: theirs.version } });
    setConflict({ version: theirs.version, theirs: merged.theirs.filter(({ path }) => path !== "version"), both: merged.conflicts });
  };
  const save = useMutation({
    mutationFn: (note: string) => gatesApi.savePolicy(site, draft as PolicyDocument, note),
    onSuccess: (saved) => {
      if (draft) client.setQueryData(gateKeys.policy(site), { ...draft, version: saved.version });
      setOwn(null);
      setConflict(null);
      for (const name of ["policy-history", "gates", "policy"]) void client.invalidateQueries({ queryKey: [name] });
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === 409) void rebase();
    },
  });
  return { query, draft, changes, change, discard, save, conflict, forgetConflict: () => setConflict(null) };
}

export type Draft = ReturnType<typeof useDraft>;
/** Changes the document; without it the page is for reading. */
export type Edit = ((edit: (document: PolicyDocument) => void) => void) | undefined;
