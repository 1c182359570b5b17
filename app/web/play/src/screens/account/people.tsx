export function PeopleScreen(_: object) { return <p />; }
