export function DiscoverScreen(_: object) { return <p />; }
