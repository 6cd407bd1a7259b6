/// The report page's style. It names no other file: the page stands alone.
enum PageStyle {
  static let css: StaticString = """
    :root { color-scheme: light dark;
      --ground: #fff; --card: #f6f7f9; --ink: #1c2430; --soft: #5b6675; --line: #d8dde4;
      --accent: #1b5fb4; --good: #17693c; --good-0: #e9f5ee; --good-1: #d3ebdc; --good-2: #b5dcc4;
      --good-3: #e7e3a8; --bad: #a3161e; --bad-ground: #fbdcdd; --none-ground: #eceff3;
      --drift: #8a5a00; }
    @media (prefers-color-scheme: dark) { :root {
      --ground: #12161c; --card: #1a2028; --ink: #e3e8ee; --soft: #98a4b3; --line: #303a46;
      --accent: #7ab3f5; --good: #6fd39a; --good-0: #16281e; --good-1: #1b3526; --good-2: #22472f;
      --good-3: #4a4519; --bad: #ff8d8d; --bad-ground: #4d1a1e; --none-ground: #222a34;
      --drift: #e0b050; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; padding: 1.5rem clamp(1rem, 4vw, 3rem) 4rem; max-width: 78rem;
      background: var(--ground); color: var(--ink);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
    h1 { font-size: 1.7rem; line-height: 1.2; margin: .5rem 0 .25rem; }
    h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; padding-bottom: .3rem;
      border-bottom: 1px solid var(--line); }
    h3 { font-size: 1rem; margin: 1.4rem 0 .4rem; overflow-wrap: anywhere; }
    p { margin: .4rem 0; max-width: 60rem; }
    .soft { color: var(--soft); }
    .badge { display: inline-block; padding: .05rem .6rem; border-radius: .8rem; font-weight: 600;
      font-size: .9rem; border: 1px solid currentColor; white-space: nowrap; }
    .badge.good { color: var(--good); background: var(--good-0); }
    .badge.bad { color: var(--bad); background: var(--bad-ground); }
    .scroll { overflow-x: auto; margin: .5rem 0; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
    th, td { text-align: left; vertical-align: top; padding: .3rem .7rem;
      border-bottom: 1px solid var(--line); }
    th { font-weight: 600; color: var(--soft); }
    th.number, td.number { text-align: right; } td.number { white-space: nowrap; }
    tr.bad td:first-child, tr.bad td:nth-child(2) { color: var(--bad); font-weight: 600; }
    table.overview { width: 100%; } table.overview td:first-child { min-width: 11rem; }
    table.overview td:nth-child(2), table.overview th { white-space: nowrap; }
    table.overview th:nth-child(4), table.overview th:nth-child(7) { white-space: normal; }
    table.overview td:nth-child(6) { overflow-wrap: anywhere; }
    table.tensors { font-size: .82rem; } table.tensors th, table.tensors td { padding: .25rem .5rem; }
    table.tensors td { white-space: nowrap; text-align: right; }
    table.tensors th { text-align: right; }
    table.tensors :is(th, td):first-child { text-align: left; }
    table.tensors td:first-child { white-space: normal; overflow-wrap: anywhere; min-width: 15rem; }
    table.matrix th.device { max-width: 13rem; overflow-wrap: anywhere; }
    table.matrix td { text-align: right; white-space: nowrap; min-width: 6.5rem;
      border: 2px solid var(--ground); border-radius: 4px; }
    table.matrix th { border-bottom: 0; color: var(--ink); font-weight: 400; }
    table.matrix thead th { color: var(--soft); font-weight: 600; vertical-align: bottom;
      text-align: right; }
    table.matrix tr.first th, table.matrix tr.first td { border-top: .7rem solid var(--ground); }
    td.passed0 { background: var(--good-0); } td.passed1 { background: var(--good-1); }
    td.passed2 { background: var(--good-2); } td.passed3 { background: var(--good-3); }
    td.failed, td.unfinished { background: var(--bad-ground); color: var(--bad); font-weight: 600; }
    td.notRun, td.empty { background: var(--none-ground); color: var(--soft); }
    td small { display: block; color: var(--soft); font-weight: 400; }
    .legend span { display: inline-block; margin: 0 1.1rem .2rem 0; white-space: nowrap; }
    .legend i { display: inline-block; width: 1.6rem; height: .8rem; margin-right: .4rem;
      vertical-align: -.05rem; border: 1px solid var(--line); }
    .legend svg { width: 1.9rem; height: .8rem; margin-right: .4rem; vertical-align: -.05rem; }
    dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .15rem 1.2rem;
      margin: .5rem 0; font-size: .92rem; }
    dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
    pre { background: var(--card); border: 1px solid var(--line); border-radius: 6px;
      padding: .7rem .9rem; overflow-x: auto; font: 13px/1.45 ui-monospace, "DejaVu Sans Mono",
      Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0; }
    .card { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
      padding: .2rem 1.1rem .8rem; margin: .8rem 0; }
    .card.bad { border-left: 5px solid var(--bad); }
    details { margin: .5rem 0; } summary { cursor: pointer; color: var(--accent); }
    figure { margin: .8rem 0 1.4rem; } figcaption { font-size: .92rem; overflow-wrap: anywhere; }
    svg.plot { width: 100%; height: auto; background: var(--card); border: 1px solid var(--line);
      border-radius: 6px; }
    svg .grid { stroke: var(--line); } svg .scale { fill: var(--soft); font-size: 11px; }
    svg .limit { fill: none; stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 6 3; }
    svg .drift { fill: none; stroke: var(--drift); stroke-width: 1.2; stroke-dasharray: 2 2; }
    svg .error { fill: none; stroke: var(--accent); stroke-width: 1.2; opacity: .75; }
    svg .mark { fill: var(--accent); } svg .exact { fill: var(--ground); stroke: var(--accent); }
    svg .cross { stroke: var(--bad); stroke-width: 2.4; }
    svg line.failure { stroke: var(--bad); stroke-width: 1; opacity: .6; }
    svg text.failure { fill: var(--bad); font-size: 12px; font-weight: 600; }
    @media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
    @media print { :root { color-scheme: light; } body { max-width: none; padding: 0;
      font-size: 10pt; } h2 { break-after: avoid; } figure, .card, tr { break-inside: avoid; }
      .scroll { overflow: visible; } * { print-color-adjust: exact;
      -webkit-print-color-adjust: exact; } }
    """
}
