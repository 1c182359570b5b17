export function EditScreen(_: object) { return <p />; }
