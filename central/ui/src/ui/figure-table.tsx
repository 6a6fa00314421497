import { useId } from "react";

interface Row {
  key: string;
  /** The first one names the row. */
  cells: string[];
  strong?: boolean;
}

/** A table of numbers on a card: the first column names, the others count. On a phone each row becomes a small list. */
export function FigureTable({ title, hint, heads, rows }: { title: string; hint?: string; heads: string[]; rows: Row[] }) {
  const id = useId();
  return (
    <section className="card figure-card">
      <h2 id={id}>{title}</h2>
      {hint && <p className="quiet">{hint}</p>}
      <div className="table-scroll">
        <table className="table" aria-labelledby={id}>
          <thead>
            <tr>
              {heads.map((head, at) => (
                <th key={head} scope="col" className={at > 0 ? "table-number" : ""}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key} data-row={row.key}>
                {row.cells.map((cell, at) =>
                  at === 0 ? (
                    <th key={heads[at]} scope="row">
                      {cell}
                    </th>
                  ) : (
                    <td key={heads[at]} className={`table-number ${row.strong ? "strong" : ""}`} data-word={heads[at]}>
                      {cell}
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
