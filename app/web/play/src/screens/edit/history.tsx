export function HistoryScreen(_: object) { return <p />; }
