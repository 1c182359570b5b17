export function PostScreen(_: object) { return <p />; }
