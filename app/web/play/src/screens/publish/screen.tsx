export function PublishScreen(_: object) { return <p />; }
