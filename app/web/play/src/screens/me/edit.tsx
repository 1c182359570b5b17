export function EditMeScreen(_: object) { return <p />; }
